"""Runs a program on a terminal of its own. Writes what it prints to standard output; reads `stop` (the terminal is not
read any more) and `close` (it is gone) from standard input; says `pid N` and `exit N` on standard error."""
import os, pty, select, subprocess, sys, threading

main, side = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=side, stderr=side)
os.close(side)


def say(text):
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


say(f"pid {child.pid}")
threading.Thread(target=lambda: say(f"exit {child.wait()}"), daemon=False).start()

is_open = is_read = True
while is_open:
    ready, _, _ = select.select([0] + ([main] if is_read else []), [], [])
    if main in ready:
        try:
            text = os.read(main, 65536)
        except OSError:
            break
        os.write(1, text)
    if 0 in ready:
        order = os.read(0, 100).decode().strip()
        if order == "stop":
            is_read = False
            say("stopped")
        elif order in ("close", ""):
            os.close(main)
            is_open = False
            say("closed")
