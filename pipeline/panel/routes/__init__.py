"""The panel's routes: each file an APIRouter, which asks the parts and shows a page or an answer."""
