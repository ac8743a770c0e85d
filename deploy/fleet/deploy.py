"""What is asked of each host: pyinfra inventory.py deploy.py --dry shows what that would change."""

from pyinfra import host

from ocprov.fleet import sessions

sessions(
    layouts=host.data.ocprov_layouts,
    variables=host.data.ocprov_variables,
    source="./config",  # beside this file
)
