"""Words of a language: the lists that copy is judged by, and how text is split and matched against them."""
