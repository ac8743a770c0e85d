"""Changes to a parsed template, so that marks stay out of values, and limits are asked first.

- a loop counts its rounds, `~` and slices count what they make (Jinja lets nothing else see them);
- text captured by `{% set %}…{% endset %}`, or returned by a call that is part of an expression, loses its
  marks, so that comparing it or measuring it gives what the author sees.
"""

from jinja2 import nodes
from jinja2.visitor import NodeTransformer


def rewrite(template: nodes.Template) -> nodes.Template:
    """The template with the changes, in place."""
    _Rewriter().visit(template)
    return template


class _Rewriter(NodeTransformer):
    # Jinja finds these by name, visit_ and the node's class.
    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 # Jinja's name for it
        self.generic_visit(node)
        node.iter = _through("looped", node.iter, node.lineno)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 # Jinja's name for it
        self.generic_visit(node)
        return _through("concatenated", nodes.List(node.nodes, lineno=node.lineno), node.lineno)

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802 # Jinja's name for it
        self.generic_visit(node)
        return _through("measured", node, node.lineno) if isinstance(node.arg, nodes.Slice) else node

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:  # noqa: N802 # Jinja's name for it
        self.generic_visit(node)
        node.filter = _through("unmarked", node.filter, node.lineno)
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 # Jinja's name for it
        self.generic_visit(node)
        return _through("unmarked", node, node.lineno)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:  # noqa: N802 # Jinja's name for it
        self.generic_visit(node)
        node.call = _direct(node.call)  # type: ignore[assignment] # it was a Call before it was visited
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 # Jinja's name for it
        self.generic_visit(node)
        node.nodes = [_direct(child) for child in node.nodes]
        return node


def _through(name: str, node: nodes.Node | None, line: int) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=line)


def _direct(node: nodes.Expr) -> nodes.Expr:
    """A call whose text goes straight to the output, also through `indent`, keeps its marks."""
    if isinstance(node, nodes.Filter) and node.node is not None:
        if node.name == "unmarked" and isinstance(node.node, nodes.Call):
            return node.node
        if node.name == "indent":
            node.node = _direct(node.node)
    return node
