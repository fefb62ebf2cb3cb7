"""Build drug_names.txt from the dictionary of the package drug-named-entity-recognition (MIT licence).

Run by hand, not at install: `pip install drug-named-entity-recognition==2.0.9 wordfreq==3.1.1`, then
`python patterns/make_drug_names.py`. Only the pickled dictionary of the first package is read, none of its code; it
says that its names come from DrugBank's open vocabulary (CC0), MedlinePlus, the NHS list of medicines and MeSH.
wordfreq (Apache-2.0) serves as a filter of everyday English and leaves nothing in the file.

What is kept, by general principles:
- names of substances that DrugBank, MedlinePlus or the NHS lists (MeSH alone would add enzymes, receptors, chemicals);
- up to four words, 5 to 40 letters, no chemical nomenclature (digits or Greek letters with commas, brackets), no
  inverted index forms ("sodium, heparin"), no accents; Latin and foreign forms ("aspirinum") are dropped with "-um";
- no allergens, extracts, foods, cosmetics (by a word of the name), no bare elements, ions, solvents, analytes;
- no word that is frequent in everyday English (Zipf frequency 3.0 or more), unless it bears an INN name stem or stands
  in KEEP; multi-word names are dropped only when each of their words is frequent.
"""

import bz2
import importlib.metadata
import importlib.util
import pickle
import re
import sys
import tomllib
from pathlib import Path

from wordfreq import zipf_frequency

HERE = Path(__file__).resolve().parent
PACKAGE = "drug-named-entity-recognition"
EVERYDAY = 3.0  # Zipf scale: 3.0 is one use in a million words

# True drugs among the everyday words, substances that trials measure, and words that make a name no drug.
KEEP = """
    aspirin heparin insulin morphine penicillin ibuprofen cocaine cannabis lithium nicotine caffeine ketamine
    fentanyl methadone codeine steroid testosterone paracetamol acetaminophen botox viagra tylenol valium xanax
    opium amphetamine estrogen progesterone melatonin quinine marijuana oxycodone naloxone warfarin epinephrine
    filgrastim cortisone tamoxifen metformin statin atropine prozac zoloft ritalin interferon
"""
KEPT_PAIRS = frozenset({
    "vitamin a", "vitamin b12", "vitamin c", "vitamin d", "vitamin d3", "vitamin e", "vitamin k", "folic acid",
    "nitrous oxide", "growth hormone", "botulinum toxin", "zinc sulfate", "iron sucrose", "magnesium sulfate",
})  # fmt: skip
ANALYTES = """
    albumin alcohol ammonia angiotensin arginine bicarbonate bilirubin biotin calcitonin calcium carbon chloride
    cholesterol citrate cobalt collagen copper cortisol creatine creatinine cysteine dopamine enzyme ethanol fat
    ferritin fiber fibrin fibrinogen fluoride folate fructose galactose gelatin glucose glutamate glutamine
    glutathione glycerol glycine gold hemoglobin histamine histidine hydrogen iodine iron keratin lactate lactose
    lecithin lipid lysine magnesium manganese melanin mercury methane methionine nickel nitrate nitrite nitrogen
    oxygen ozone peptide phenol phosphate phosphorus plasma potassium prolactin protein pyruvate resin saline
    selenium serine serotonin serum silver sodium starch sucrose sugar sulfate sulfur taurine thrombin tin
    tryptophan tyrosine urea uric urine water zinc estradiol estriol estrone aldosterone renin ghrelin leptin
    insulin-like norepinephrine noradrenaline adrenaline fluorine argon helium xenon krypton silica talc wax
    sorbitol glycogen threonine valine leucine isoleucine proline alanine asparagine aspartate phenylalanine
    carnitine choline inositol adenosine guanosine cytidine uridine thymidine guanine adenine cytosine uracil
    thymine antigen antibody placebo control vehicle immunoglobulin transferrin complement plasminogen kinase tumor
    cytokine vaccine contrast erythrocytes platelets leukocytes lymphocytes androstenedione homocysteine fibronectin
    hematoxylin gapdh hepes malondialdehyde chloroform yeasts yeast phytate somatostatin luminal camila
    cryptoxanthin phospholipids mevalonate horseradish dhea-s carbono endostatin osteocalcin bacteria blood tissue
    milk egg wheat corn rice soy peanut honey cocoa coffee tea tobacco alga algae
"""
NOT_DRUGS = """
    pollen dander extract flavor flavour allergenic allergen leaf root bark seed fruit flower oil juice wine mold
    venom feather hair epithelia meat fish egg milk nut wood resin gum wax plasma whole antigen antigens receptor
    receptors protein proteins enzyme factor-binding inhibitor inhibitors agonist agonists antagonist antagonists
    blocker blockers agent agents drugs drug analog analogs ion cation anion residue strain virus subunit
    glycoprotein peptide fragment hormone factor interleukin phosphate-3 sulfotransferase gonadotropin
    phosphopantetheine sunscreen cream lotion spray shampoo soap tradename compound compounds water muscle skin
    liver kidney dna rna
"""
KEEP_WORDS, ANALYTE_WORDS, NOT_DRUG_WORDS = (frozenset(words.split()) for words in (KEEP, ANALYTES, NOT_DRUGS))
CHEMICAL = re.compile(r"[^a-z0-9 \-/+']|\d,\d|^\d|\d-[a-z]+yl|\b[a-z]-|yl-|--|\d{4,}|'")
LATIN = re.compile(r"(?:in|ol|at|on|id|an|il|am|ab|ib|ir|en|et|ic|ox|ium|as)um$")


def dictionary() -> dict[str, dict]:
    """The package's pickle: spelling -> canonical names, canonical name -> what is known of it."""
    spec = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        sys.exit(f"{PACKAGE} is not installed")
    path = Path(spec.submodule_search_locations[0]) / "drug_ner_dictionary.pkl.bz2"
    with bz2.open(path) as file:
        return pickle.load(file)


def listed(data: dict) -> bool:
    """Whether a medicines list, not only a thesaurus of substances, holds the canonical name."""
    return any(key in data for key in ("drugbank_id", "medline_plus_id", "nhs_url"))


def wanted(name: str, stems: tuple[str, ...]) -> bool:
    """Whether a spelling, lower case, is a drug's name that an arm label may bear."""
    if name in KEEP_WORDS or name in KEPT_PAIRS:
        return True
    words = re.split(r"[ \-/]", name)
    if not 5 <= len(name) <= 40 or len(name.split()) > 4 or CHEMICAL.search(name):
        return False
    if not re.search(r"[a-z]{4}", name) or NOT_DRUG_WORDS & set(words):
        return False
    if all(word in ANALYTE_WORDS or len(word) < 3 for word in words) or LATIN.search(name):
        return False
    if re.search(r"ases?$", words[-1]) and not name.endswith(stems):
        return words[-1].endswith("teplase")
    if len(words) == 1:
        rare = EVERYDAY - (0.9 if len(name) < 6 else 0)
        return (name.endswith(stems) and len(name) > 7) or zipf_frequency(name, "en") < rare
    return not all(zipf_frequency(word, "en") >= EVERYDAY for word in words if word)


def main() -> None:
    """Write drug_names.txt beside this script."""
    content = dictionary()
    rules = tomllib.loads((HERE / "interventions.toml").read_text(encoding="utf-8"))
    stems = tuple(entry["suffix"] for entry in rules["stem"] if len(entry["suffix"]) > 3)
    known = content["drug_canonical_to_data"]
    names = set()
    for spelling, canonical in content["drug_variant_to_canonical"].items():
        name = " ".join(spelling.lower().split())
        if any(listed(known.get(one, {})) for one in canonical) and wanted(name, stems):
            names.add(name)
    names = {name for name in names if not (name.endswith("s") and name[:-1] in names)}
    version = importlib.metadata.version(PACKAGE)
    header = f"# {len(names)} drug names from {PACKAGE} {version} (MIT licence), filtered by make_drug_names.py"
    (HERE / "drug_names.txt").write_text("\n".join([header, *sorted(names)]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
