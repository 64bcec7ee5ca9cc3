"""`fondly evaluate`: how good recommendations and sentiment are, and whether reasons and copy are true."""

import typer

from fondly.evaluation.commands.copy import copy
from fondly.evaluation.commands.reasons import reasons
from fondly.evaluation.commands.recommendations import recommendations
from fondly.evaluation.commands.sample import sample
from fondly.evaluation.commands.sentiment import sentiment

app = typer.Typer(rich_markup_mode=None)
for command in (sentiment, copy, recommendations, reasons, sample):
    app.command()(command)
