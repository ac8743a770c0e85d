"""Write both pages."""

from tests.manual import page, settings
from tests.manual.files import CONFIG, MAN

MAN.parent.mkdir(exist_ok=True)
MAN.write_text(page.text())
CONFIG.write_text(settings.text())
