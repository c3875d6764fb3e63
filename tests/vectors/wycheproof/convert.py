#!/usr/bin/python3
"""convert.py TESTVECTORS_V1_FOLDER: writes the .txt files beside this script from Wycheproof's JSON files.

A line a test: tcId, result, then the fields named in the file's second comment line, in hex, "-" where empty."""
import json
import pathlib
import sys

SETS = {
    # our file: their file, fields, which groups apply
    "aes_gcm": ("aes_gcm_test.json", ["key", "iv", "aad", "msg", "ct", "tag"],
                lambda g: (g["keySize"], g["ivSize"], g["tagSize"]) == (256, 96, 128)),
    "ed25519": ("ed25519_test.json", ["pk", "msg", "sig"], lambda g: True),
    "hkdf_sha256": ("hkdf_sha256_test.json", ["ikm", "salt", "info", "size", "okm"], lambda g: True),
    "hmac_sha256": ("hmac_sha256_test.json", ["key", "msg", "tag"], lambda g: True),
    "rsa_signature_2048_sha256": ("rsa_signature_2048_sha256_test.json", ["spki", "msg", "sig"], lambda g: True),
    "x25519": ("x25519_test.json", ["public", "private", "shared"], lambda g: True),
}


def value(group, test, field):
    if field == "pk":
        return group["publicKey"]["pk"]
    if field == "spki":
        return group["publicKeyDer"]
    if field == "size":
        return str(test["size"])
    return test[field] or "-"


def convert(name, folder):
    source, fields, applies = SETS[name]
    data = json.loads((folder / source).read_text())
    lines = [f"# Wycheproof testvectors_v1/{source}, converted by convert.py; see README.md", "# tcId result " + " ".join(fields)]
    for group in filter(applies, data["testGroups"]):
        for test in group["tests"]:
            lines.append(" ".join([str(test["tcId"]), test["result"]] + [value(group, test, f) for f in fields]))
    (pathlib.Path(__file__).parent / f"{name}.txt").write_text("\n".join(lines) + "\n")


for name in SETS:
    convert(name, pathlib.Path(sys.argv[1]))
