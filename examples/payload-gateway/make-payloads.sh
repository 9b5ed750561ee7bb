#!/bin/sh
# Makes sensors.binpb and the files of payloads/ with programs that are not this server: protoc, gzip and python3-cbor2.
set -eu
cd "$(dirname "$0")"

protoc --include_imports --descriptor_set_out=sensors.binpb sensors.proto

encode() { protoc --encode=plant.sensors.v1.Report sensors.proto; }
encode > payloads/report.pb <<TEXT
at: 1795373441
readings { name: "inlet" value: 21.5 unit: CELSIUS }
readings { name: "pressure" value: 1.2 unit: BAR }
battery: 87
TEXT
gzip -nc payloads/report.pb > payloads/report.pb.gz
encode > payloads/no-readings.pb <<TEXT
at: 1795373441
TEXT

python3 - <<PYTHON
import cbor2
reading = {"name": "inlet", "value": 21.5, "unit": "CELSIUS"}
def write(name, value):
    with open("payloads/" + name, "wb") as file:
        cbor2.dump(value, file)
write("report.cbor", {"at": 1795373441, "readings": [reading], "battery": 87})
write("wrong-unit.cbor", {"at": 1795373441, "readings": [dict(reading, unit="FURLONG")]})
PYTHON
