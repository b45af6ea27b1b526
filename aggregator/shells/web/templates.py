"""Templates and static files: ours, but where the admin has a file of the same name in a folder of his own.

What is wrong with a file of his is told, and ours is used instead: a slip of his pen takes no page away.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, render_template
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, FunctionLoader, StrictUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError

from aggregator.shells.web.static import TYPES, StaticFile, static_file, static_files
from aggregator.shells.web.words import TEMPLATES

log = logging.getLogger(__name__)

Source = tuple[str, str, None]  # what is in it, where it lies, and that it stays so, as Jinja wants it


class Templates:
    """The templates and the static files of a site. All are read once: a change is seen after a restart."""

    def __init__(self, folder: Path | None) -> None:
        """*folder* is the admin's; None, one that is not there and the folder of ours override nothing."""
        self.faults: list[str] = []  # what is wrong with his files, a sentence each
        own = folder if folder and folder.is_dir() and not folder.samefile(TEMPLATES) else None
        self._paths = {path.name: path for path in sorted(own.glob("*.html"))} if own else {}
        self._own = dict(self._read())
        self._drop_unmet()
        self.own_files = dict(self._read_files(own / "static")) if own else {}
        self.files = {**static_files(TEMPLATES / "static"), **self.own_files}

    def install(self, app: Flask) -> None:
        """Have *app* use them, with everything escaped that they fill in, whatever a file is called."""
        loader = ChoiceLoader([FunctionLoader(self._own.get), FileSystemLoader(TEMPLATES)])
        app.jinja_env.loader = loader
        app.jinja_env.autoescape = True
        app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
        app.jinja_env.undefined = StrictUndefined
        self._cache = app.jinja_env.cache

    def render(self, name: str, **context: Any) -> str:
        """Return a page. If a file of the admin's fails in it, tell so and go on without that file."""
        for _ in self._paths:
            try:
                return render_template(name, **context)
            except Exception as error:
                if not self._put_aside(error):
                    raise
        return render_template(name, **context)

    def _read(self) -> Iterator[tuple[str, Source]]:
        """Yield those of his templates that can be read and compiled."""
        for name, path in self._paths.items():
            try:
                source = path.read_text("utf-8")
                Environment(autoescape=True).compile(source, name, str(path))
                yield name, (source, str(path), None)
            except TemplateSyntaxError as error:
                self._blame(name, error.lineno, error.message or "cannot be understood")
            except (OSError, UnicodeDecodeError) as error:
                self._blame(name, 1, f"cannot be read: {error}")

    def _drop_unmet(self) -> None:
        """Leave out his files that ask for a macro which is not there, or lack one that ours ask for."""
        while fault := next(self._unmet(), None):
            name, line, wrong = fault
            del self._own[name]
            self._blame(name, line, wrong)

    def _unmet(self) -> Iterator[tuple[str, int, str]]:
        """Yield which file of his is at fault, in which line, and what is wrong."""
        if not self._own:
            return
        ours = {path.name: path.read_text("utf-8") for path in TEMPLATES.glob("*.html")}
        sources = ours | {name: source for name, (source, _, _) in self._own.items()}
        trees = {name: Environment(autoescape=True).parse(source) for name, source in sources.items()}
        for asking, tree in trees.items():
            for asked in tree.find_all(nodes.FromImport):
                there = asked.template.value if isinstance(asked.template, nodes.Const) else None
                for macro in _names(asked) - _macros(trees[there]) if there in trees else ():
                    if asking in self._own:
                        yield asking, asked.lineno, f"{there} has no macro {macro!r}"
                    elif there in self._own:
                        yield there, 1, f"lacks the macro {macro!r}, which {asking} asks for"

    def _read_files(self, folder: Path) -> Iterator[tuple[str, StaticFile]]:
        """Yield those of his static files that can be served."""
        for path in sorted(folder.glob("[!.]*")):
            try:
                if path.suffix in TYPES:
                    yield path.name, static_file(path)
                else:
                    allowed = ", ".join(sorted(TYPES))
                    self.faults.append(f"{path}: is not served; what may lie there is {allowed}")
            except OSError as error:
                self.faults.append(f"{path}: cannot be read: {error.strerror}; make it a file that can be")

    def _put_aside(self, error: Exception) -> bool:
        """Do without those of his files that *error* comes from; say whether there were any."""
        names = {str(path): name for name, path in self._paths.items()}
        lines = traceback.extract_tb(error.__traceback__)
        own = [(names[at.filename], at.lineno or 1) for at in lines if at.filename in names]
        # The innermost of his. Where none is on the way, one of ours fails for what his others brought in.
        guilty = own[-1:] or [(name, 1) for name in tuple(self._own)]
        for name, line in guilty:
            if self._own.pop(name, None):  # or another thread was as far
                self._blame(name, line, f"{type(error).__name__}: {error}")
                log.error("%s", self.faults[-1])
        if self._cache is not None:
            self._cache.clear()
        return bool(guilty)

    def _blame(self, name: str, line: int, wrong: str) -> None:
        """Note what is wrong, and what comes of it."""
        instead = f"our own {name} is used" if (TEMPLATES / name).exists() else "it is left out"
        self.faults.append(f"{self._paths[name]}:{line}: {wrong}; mend it and restart; until then {instead}")


def _names(asked: nodes.FromImport) -> set[str]:
    return {name if isinstance(name, str) else name[0] for name in asked.names}


def _macros(tree: nodes.Template) -> set[str]:
    """Return what others may import from a template."""
    set_there = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    return set_there | {macro.name for macro in tree.find_all(nodes.Macro)}
