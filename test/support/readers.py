"""Reads [format, text] pairs as JSON from standard input, each with Python's own reader; prints what was read, or the error."""
import csv, io, json, sys
from xml.dom import minidom


def read(form, text):
    if form == 'json':
        return json.loads(text)
    if form == 'csv':
        return list(csv.reader(io.StringIO(text, newline=''), strict=True))
    if form == 'xml':
        document = minidom.parseString(text.encode('utf-8'))
        return [element.tagName for element in document.getElementsByTagName('*')]
    raise ValueError(form)


for form, text in json.load(sys.stdin):
    try:
        print(json.dumps({'read': read(form, text)}))
    except Exception as error:
        print(json.dumps({'error': repr(error)}))
