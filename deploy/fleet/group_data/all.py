"""What every host is given, unless its group or the host itself has something else."""

ocprov_layouts = ["monitoring"]
# Of each of the layouts; those that differ are for a sessions() of their own.
ocprov_variables = {"daily_interval": 120}
