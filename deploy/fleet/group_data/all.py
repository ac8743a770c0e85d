"""What every host is given, unless its group or the host itself has something else."""

ocprov_layouts = ["monitoring"]
ocprov_variables = {"daily_interval": 120}
