"""Facts about AWS, each dated, behind one lazy door: `iamlint.aws.catalogue`."""
