"""cvc5 reading an SMT-LIB text: all that Quorate asks of it, in the one module that imports it.

Nothing here knows circuits, or guards against what a solver may do to its process: that is `recheck`.
"""

from __future__ import annotations


def version() -> str:
    """Such as "1.4.2"."""
    import cvc5

    return str(cvc5.__version__)


def answer(text: str, seed: int) -> str:
    """What cvc5 says to the commands of the text, such as "unsat"."""
    import cvc5

    solver = cvc5.Solver()
    solver.setOption("seed", str(seed))
    solver.setOption("sat-random-seed", str(seed))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "query")
    symbols = parser.getSymbolManager()
    said = []
    while not (command := parser.nextCommand()).isNull():
        if command.getCommandName() == "set-info" and ":status" in str(command):
            continue  # cvc5 would refuse to answer anything but what it says is expected
        said.append(command.invoke(solver, symbols).strip())
    return " ".join(filter(None, said))
