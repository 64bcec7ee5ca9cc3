"""Writes what MkDocs builds the site from: `python -m fondly.docs.building`, in a checkout.

From its import on, pydantic keeps what is written below fields as their descriptions, for which services
have no time when they start: hence it is imported before them.
"""

from pydantic import BaseModel

BaseModel.model_config["use_attribute_docstrings"] = True
