import importlib.util
import sys
from pathlib import Path

# With importlib's import mode the tests' own helpers are not on the path.
_spec = importlib.util.spec_from_file_location("variants", Path(__file__).with_name("variants.py"))
variants = importlib.util.module_from_spec(_spec)
sys.modules["variants"] = variants
_spec.loader.exec_module(variants)
