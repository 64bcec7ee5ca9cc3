"""`fondly smoke`: 60 made-up customers through a whole environment, and what nobody knew of AWS before."""
