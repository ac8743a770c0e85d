"""How long `ocprov` takes, beside one chained tmux client (the floor) and its peers; `python -m tests.bench`."""
