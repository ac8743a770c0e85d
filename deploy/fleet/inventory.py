"""The hosts, in pyinfra's format: a list is a group, a pair is a host, or a group, with data of its own."""

boxes = [
    "dev1.example.net",
    # One that has htop: where a program is missing its window ends, and each run tries it again.
    ("dev2.example.net", {"ssh_user": "me", "ocprov_variables": {"system_monitor": "htop"}}),
]

workspaces = (
    ["ws-01.example.net", "ws-02.example.net"],
    {"ssh_user": "dev"},
)
