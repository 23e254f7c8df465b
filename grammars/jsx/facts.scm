; JSX elements count as calls of their component, with a count of attributes as arguments.

((jsx_opening_element name: (_) @callee) @reference.call @arguments (#set! kind "jsx"))
((jsx_self_closing_element name: (_) @callee) @reference.call @arguments (#set! kind "jsx"))
