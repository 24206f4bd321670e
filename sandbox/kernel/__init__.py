"""The kernel's mechanisms, one file each. Standard library only: some of it runs inside the jail's interpreter."""
