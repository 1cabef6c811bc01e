import importlib.util
import sys
from pathlib import Path

# With importlib's import mode the tests' own helpers are not on the path.
_spec = importlib.util.spec_from_file_location("pictures", Path(__file__).with_name("pictures.py"))
pictures = importlib.util.module_from_spec(_spec)
sys.modules["pictures"] = pictures
_spec.loader.exec_module(pictures)
