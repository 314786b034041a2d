#!/usr/bin/env python3
"""Opens the papers of two runs with the programs of others, and fails on whatever one of them finds.

    python3 tests/paper/check.py DIRECTORY DIRECTORY VERAPDF_JAR

Needs poppler-utils, qpdf and zbar-tools; and for veraPDF default-jdk-headless and libjaxb-java.
"""

import pathlib
import subprocess
import sys
import tempfile

# Name, pages at least, what is in the text, and how often a head of the table is in it at least.
PAPERS = [
    ("empty", 1, ["学习成果与学分证明", "没有学习成果"], 0),
    ("one", 1, ["Statement of Learning Outcomes and Credit", "王芳", "2026 4837 2910 5566 1283", "S000441012345242000000", "合格"], 1),
    ("twenty", 2, ["高等数学", "Advanced Mathematics", "12345.50", "合计"], 2),
    ("twenty-english", 2, ["Wáng Fāng Lǚ 吕", "Credit by category and level"], 2),
    ("three-hundred", 15, ["阿卜杜热西提·买买提艾力", "S000441012345242000298"], 15),
    ("rare", 1, ["吴〓", "U+3129D", "The name has a character that this document's fonts do not have"], 1),
    ("certificate", 1, ["学习成果证书", "Certificate of a Learning Outcome", "9.00"], 0),
    ("certificate-long", 1, ["of the Northern Hills"], 0),
]


def output(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, f"{command[0]} says of {command[-1]}: {done.stdout}{done.stderr}"
    return done.stdout


def squeezed(text):
    return "".join(text.split())


def look(paper, pages, texts, heads):
    output("qpdf", "--check", paper)
    info = output("pdfinfo", paper)
    fields = dict(line.split(":", 1) for line in info.splitlines() if ":" in line)
    assert int(fields["Pages"]) >= pages and fields["Tagged"].strip() == "yes", f"{paper.name}: {info}"
    assert "595.2" in fields["Page size"] and "A4" in fields["Page size"], info
    assert "2026" in fields["CreationDate"] and "Title" in fields, info
    text = squeezed(output("pdftotext", "-layout", paper, "-"))
    for expected in texts:
        assert squeezed(expected) in text, f"{paper.name} does not say {expected}"
    # Every further page of the table begins with its head.
    assert text.count("Awardedon") >= heads, f"{paper.name} has the head of the table {text.count('Awardedon')} times"
    fonts = [line.split() for line in output("pdffonts", paper).splitlines()[2:]]
    assert fonts, f"{paper.name} has no fonts"
    for font in fonts:
        embedded, subset = font[-5], font[-4]
        assert (embedded, subset) == ("yes", "yes") and "+" in font[0], f"{paper.name}: {font}"


def attachment_of(paper, directory):
    listed = output("pdfdetach", "-list", paper)
    assert listed.startswith("1 embedded files") and "credential.json" in listed, listed
    output("pdfdetach", "-saveall", "-o", directory, paper)
    return (pathlib.Path(directory) / "credential.json").read_bytes()


def code_of(paper, directory):
    picture = pathlib.Path(directory) / "page"
    output("pdftoppm", "-png", "-r", "150", "-f", "1", "-l", "1", "-singlefile", paper, picture)
    return output("zbarimg", "--quiet", "--raw", f"{picture}.png").strip()


def archival(papers, jar):
    """What veraPDF says of files as PDF/A-3b: for each PASS or FAIL."""
    # Its library wants classes that Java has left out.
    names = ("jaxb", "activation", "istack", "txw2", "stax-ex", "FastInfoset")
    libraries = [path for path in pathlib.Path("/usr/share/java").glob("*.jar") if any(name in path.name for name in names)]
    path = ":".join(str(part) for part in [jar, *sorted(libraries)])
    said = output("java", "-cp", path, pathlib.Path(__file__).parent / "Archival.java", *papers)
    verdicts = [line for line in said.splitlines() if line.startswith(("PASS ", "FAIL "))]
    return [verdict.split(" ", 1)[0] for verdict in verdicts], said


def main():
    first, second = (pathlib.Path(name) for name in sys.argv[1:3])
    credential = (first / "credential.json").read_bytes()
    for name, pages, texts, heads in PAPERS:
        paper = first / f"{name}.pdf"
        assert paper.read_bytes() == (second / f"{name}.pdf").read_bytes(), f"{name} is another one in another process"
        look(paper, pages, texts, heads)
        with tempfile.TemporaryDirectory() as directory:
            assert attachment_of(paper, directory) == credential, f"{name} has another credential"
            code = code_of(paper, directory)
            assert code.startswith("https://bank.example/check/2026483729105566"), f"{name}: {code}"
    with tempfile.TemporaryDirectory() as directory:
        # One that must be refused, so that it shows that somebody looked.
        broken = pathlib.Path(directory) / "encrypted.pdf"
        output("qpdf", "--encrypt", "", "owner", "256", "--", first / "one.pdf", broken)
        papers = [first / f"{name}.pdf" for name, *_ in PAPERS]
        verdicts, said = archival([*papers, broken], sys.argv[3])
        assert verdicts == ["PASS"] * len(papers) + ["FAIL"], said
    print(f"{len(PAPERS)} papers are what they should be")


if __name__ == "__main__":
    main()
