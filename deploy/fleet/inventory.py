"""The hosts, in pyinfra's format: a list is a group, a pair is a host, or a group, with data of its own."""

boxes = [
    "dev1.example.net",
    ("dev2.example.net", {"ssh_user": "me", "ocprov_variables": {"system_monitor": "htop"}}),
]

workspaces = (
    ["ws-01.example.net", "ws-02.example.net"],
    {"ssh_user": "dev"},
)
