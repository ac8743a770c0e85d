"""`python -m ocprov` is `ocprov`."""

from ocprov.cli.main import main

main()
