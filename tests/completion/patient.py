"""An ocprov that takes its time for an answer: of a person's patience only the tests of that are."""

PATIENT = (
    "from ocprov.cli import complete; complete.PATIENCE = 50.0\nfrom ocprov.__main__ import main; main()\n"
)
