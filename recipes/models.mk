# How the bundled models follow from each other, from chips (CONTRIBUTING.md says how to make those):
# `make models`, eighteen hours on two cores; whatever is stopped goes on where it was.

.PHONY: models
models: runs/models/default-int8.onnx runs/models/accurate.onnx runs/models/open-int8.onnx

DATA = --data data/chips/utkface-160 --data data/chips/fairface-160
runs/models/default%: private DATA = --data data/chips/utkface-128 --data data/chips/fairface-128
runs/models/open%: private DATA = --data data/chips/fairface-160
runs/models/open.onnx runs/models/open-int8.onnx: private DATA = --data data/chips/fairface-160-wide

.SECONDARY: # what was trained is kept

# What each recipe starts from and learns from.
runs/models/accurate-first.onnx: runs/weights/faceres.pt
runs/models/member-1.onnx: runs/weights/accurate-first.pt
runs/models/member-2.onnx: runs/weights/faceres-deep.pt
runs/models/member-3.onnx: runs/weights/member-2.pt runs/models/member-1-int8.onnx runs/models/member-2-int8.onnx
runs/models/default.onnx: runs/weights/member-3.pt runs/models/member-2-int8.onnx runs/models/member-3-int8.onnx
runs/models/open-first.onnx: runs/weights/dlib.pt
runs/models/open-second.onnx: runs/weights/open-first.pt
runs/models/open.onnx: runs/weights/open-second.pt

# `accurate` is an average.
runs/models/accurate.onnx: runs/models/member-2-int8.onnx runs/models/default-int8.onnx
	$(BIN)/mien ensemble $^ --name accurate $(DATA) --out $@

runs/models/%.onnx: recipes/%.yaml
	$(BIN)/mien train $< $(TRAIN) --resume $(DATA)
	$(BIN)/mien export runs/$* $(DATA) --out $@

runs/models/%-int8.onnx: runs/models/%.onnx
	$(BIN)/mien export runs/$* --int8 $(DATA) --out $@

# On the chips that the model was trained on: nothing of UTKFace goes into `open`.
CHIPS = data/chips/utkface-160
runs/weights/open%: private CHIPS = data/chips/fairface-160

runs/weights/%.pt: runs/models/%.onnx
	$(BIN)/mien weights $< --chips $(CHIPS) --out $@
