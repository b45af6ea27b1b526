"""The same as the installed command `aggregator`, from a checkout."""

from aggregator.__main__ import main

if __name__ == "__main__":
    main()
