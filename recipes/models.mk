# How the bundled models follow from each other (CONTRIBUTING.md). `make models` first says what is missing.
# What is stopped goes on where it was.

.PHONY: models models-ready
models: models-ready
	$(MAKE) runs/models/default-int8.onnx runs/models/accurate.onnx runs/models/open-int8.onnx

models-ready: $(VENV)/.installed-dev
	$(BIN)/python -m tools.models_ready recipes/sets/*.yaml

.SECONDARY: # what was made is kept

# Chip caches: NAME-SIZE has UTKFace's own crop, NAME-SIZE-SCALE a wider one.
CHIPS_OF = $(foreach name,$(1),data/chips/$(name)-$(2)/cache.json)
data/chips/%-128/cache.json: | recipes/sets/%.yaml
	$(BIN)/mien data chips recipes/sets/$*.yaml --size 128 --out $(@D)
data/chips/%-160/cache.json: | recipes/sets/%.yaml
	$(BIN)/mien data chips recipes/sets/$*.yaml --size 160 --out $(@D)
data/chips/%-160-1.1/cache.json: | recipes/sets/%.yaml
	$(BIN)/mien data chips recipes/sets/$*.yaml --size 160 --crop-scale 1.1 --out $(@D)
data/chips/%-160-1.2/cache.json: | recipes/sets/%.yaml
	$(BIN)/mien data chips recipes/sets/$*.yaml --size 160 --crop-scale 1.2 --out $(@D)

# The chips of each run: they are made first, and named to its commands.
WIDE := $(call CHIPS_OF,utkface fairface aaf appareal celeba,160-1.2)
CHIPS := $(call CHIPS_OF,utkface fairface,160)
runs/models/narrow.onnx runs/models/narrow-int8.onnx: private CHIPS := $(call CHIPS_OF,utkface fairface,128)
runs/models/wide%: private CHIPS := $(WIDE)
runs/models/student%: private CHIPS := $(WIDE)
runs/models/default%: private CHIPS := $(WIDE)
runs/models/accurate.onnx: private CHIPS := $(WIDE)
runs/models/open%: private CHIPS := $(call CHIPS_OF,fairface,160)
runs/models/open.onnx runs/models/open-int8.onnx: private CHIPS := $(call CHIPS_OF,fairface,160-1.1)

runs/models/accurate-first.onnx runs/models/member-1.onnx runs/models/member-2.onnx: | $(CHIPS)
runs/models/narrow.onnx: | $(call CHIPS_OF,utkface fairface,128)
runs/models/wide.onnx runs/models/student-1.onnx runs/models/student-2.onnx runs/models/default.onnx: | $(WIDE)
runs/models/open-first.onnx: | $(call CHIPS_OF,fairface,160)
runs/models/open.onnx: | $(call CHIPS_OF,fairface,160-1.1)
DATA = $(addprefix --data ,$(patsubst %/cache.json,%,$(CHIPS)))

# What each recipe starts from and learns from.
runs/models/accurate-first.onnx: runs/weights/faceres.pt
runs/models/member-1.onnx: runs/weights/accurate-first.pt
runs/models/member-2.onnx: runs/weights/faceres-deep.pt
runs/models/member-3.onnx: runs/weights/member-2.pt runs/models/member-1-int8.onnx runs/models/member-2-int8.onnx
runs/models/narrow.onnx: runs/weights/member-3.pt runs/models/member-2-int8.onnx runs/models/member-3-int8.onnx
runs/models/wide.onnx: runs/weights/narrow.pt runs/models/narrow-pair.onnx
runs/models/student-1.onnx: runs/weights/wide.pt runs/models/wide-mirrored.onnx
runs/models/student-2.onnx: runs/weights/student-1.pt runs/models/wide-mirrored.onnx
runs/models/default.onnx: runs/weights/student-2.pt runs/models/student-2-int8.onnx runs/models/wide-int8.onnx
runs/models/open-first.onnx: runs/weights/dlib.pt
runs/models/open-second.onnx: runs/weights/open-first.pt
runs/models/open.onnx: runs/weights/open-second.pt

# Averages: the teachers of `wide` and of the students; and `accurate`, which averages what `default` predicts for a face and
# for its mirror image.
runs/models/narrow-pair.onnx: runs/models/member-2-int8.onnx runs/models/narrow-int8.onnx
	$(BIN)/mien ensemble $^ --name narrow-pair $(DATA) --out $@

runs/models/%-mirrored.onnx: runs/models/%-int8.onnx
	$(BIN)/mien ensemble $^ --mirror --name $*-mirrored $(DATA) --out $@

runs/models/accurate.onnx: runs/models/default-int8.onnx
	$(BIN)/mien ensemble $^ --mirror --name accurate $(DATA) --out $@

runs/models/%.onnx: recipes/%.yaml
	$(BIN)/mien train $< $(TRAIN) --resume $(DATA)
	$(BIN)/mien export runs/$* $(DATA) --out $@

runs/models/%-int8.onnx: runs/models/%.onnx
	$(BIN)/mien export runs/$* --int8 $(DATA) --out $@

# On the chips that the model was trained on: nothing of UTKFace goes into `open`.
MEASURED := data/chips/utkface-160
runs/weights/open%: private MEASURED := data/chips/fairface-160
runs/weights/narrow.pt runs/weights/wide.pt runs/weights/student-1.pt runs/weights/student-2.pt: private MEASURED := data/chips/fairface-160-1.2

runs/weights/%.pt: runs/models/%.onnx
	$(BIN)/mien weights $< --chips $(MEASURED) --out $@

# What the bundled models are worth on test pictures: docs/models, the cards in the files, the README.
BUNDLED := default accurate open
TESTED := $(foreach name,utkface aaf appareal fairface,recipes/sets/$(name).yaml)
# A published report has all that its page links to. Plots and predictions stay where it was made.
PUBLISH = rm -rf $(2) && mkdir -p $(2) && cp -r $(addprefix $(1)/,index.html metrics.json tables) $(2)
# The attributes of a model that are shown only if the user asks for them.
ASKED = $$([ $$model != open ] && echo --attributes ethnicity)
# The learning curves of the run that made the model, if it was made here; `accurate` averages `default`.
LEARNED = $$(ls runs/$$(echo $$model | sed s/accurate/default/)/log.csv 2>/dev/null | sed "s/^/--log /")
# Photographs without people, if there are any: which of their detections are flagged (docs/evaluation.md).
WITHOUT_FACES = $(addprefix --not-faces ,$(wildcard data/animals))
.PHONY: reports
reports: $(VENV)/.installed-dev
	for model in $(BUNDLED); do \
	  $(BIN)/mien evaluate $(TESTED) --split test --model $$model $(ASKED) $(LEARNED) $(WITHOUT_FACES) --ladder 100 --report runs/reports/$$model \
	  && $(BIN)/mien model record src/mien/assets/models/$$model.onnx runs/reports/$$model/metrics.json \
	  && $(call PUBLISH,runs/reports/$$model,docs/models/$$model/report) || exit 1; \
	done
	$(BIN)/python -m benchmarks.rivals.measure $(TESTED)
	$(BIN)/python -m tools.publish
