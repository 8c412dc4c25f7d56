# Out-of-fold predictions of all of UTKFace (docs/evaluation.md): five short runs, each predicts the
# fifth of the pictures that it has not seen. What is stopped goes on where it was.

.PHONY: fairness
fairness: $(VENV)/.installed-dev runs/folds/report/index.html

FOLDS := 1 2 3 4 5

# A pattern rule with several targets runs once for all of them.
$(foreach fold,$(FOLDS),runs/folds/$(fold)/%.yaml): | recipes/sets/%.yaml data/chips/%-128/cache.json
	$(BIN)/python -m tools.folds recipes/sets/$*.yaml --chips data/chips/$*-128 --out runs/folds

# The folds share the file of the chips; each has its own index with its splits. A run that was
# trained by other splits is deleted: it may have seen what is now held out.
runs/folds/%/chips/cache.json: runs/folds/%/utkface.yaml
	rm -rf $(@D) $(@D).part runs/folds/$*/run
	mkdir $(@D).part
	cp data/chips/utkface-128/cache.json data/chips/utkface-128/index.csv $(@D).part
	ln data/chips/utkface-128/chips.npy $(@D).part
	$(BIN)/mien data chips $< --size 128 --out $(@D).part
	mv $(@D).part $(@D)

runs/folds/%/model.onnx: recipes/fold.yaml runs/folds/%/chips/cache.json runs/weights/faceres-deep.pt
	$(BIN)/mien train $< $(TRAIN) --resume --data $(@D)/chips --out $(@D)/run
	$(BIN)/mien export $(@D)/run --data $(@D)/chips --out $@

runs/folds/%/report/index.html: runs/folds/%/model.onnx
	$(BIN)/mien evaluate runs/folds/$*/utkface.yaml --split test --model $< --attributes ethnicity --report $(@D)

runs/folds/out-of-fold.csv: $(FOLDS:%=runs/folds/%/report/index.html)
	$(BIN)/python -m tools.join_answers $(^D:%=%/utkface/predictions.npz) --out $@

runs/folds/report/index.html: runs/folds/out-of-fold.csv
	$(BIN)/mien evaluate recipes/sets/utkface.yaml --predictions $< --report $(@D)
	$(call PUBLISH,$(@D),docs/models/folds/report)
