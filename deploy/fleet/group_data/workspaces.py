"""What the cloud workspaces are given."""

ocprov_layouts = ["monitoring", "notes"]
ocprov_variables = {}
