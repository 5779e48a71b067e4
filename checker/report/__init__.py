"""Reports: pure functions of a result, to text, JSON, ITF and JUnit XML.

A report never knows how a result was found, and writes to no file or terminal.
"""
