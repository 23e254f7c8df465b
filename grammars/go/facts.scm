; Facts of Go. Vocabulary and subset: grammars/README.md.

(comment) @comment

(type_declaration . (type_spec) @extent.inner .) @extent
(type_declaration . (type_alias) @extent.inner .) @extent

((function_declaration name: (_) @export) (#match? @export "^[A-Z]"))
((method_declaration name: (_) @exported) (#match? @exported "^[A-Z]"))
((method_elem name: (_) @exported) (#match? @exported "^[A-Z]"))
(source_file (type_declaration (_ name: (_) @export)) (#match? @export "^[A-Z]"))
(source_file (var_declaration (var_spec name: (_) @export)) (#match? @export "^[A-Z]"))
(source_file (var_declaration (var_spec_list (var_spec name: (_) @export))) (#match? @export "^[A-Z]"))
(source_file (const_declaration (const_spec name: (identifier) @export)) (#match? @export "^[A-Z]"))

(short_var_declaration left: (expression_list . (identifier) @name .) right: (expression_list . (func_literal) @name.of .))
(short_var_declaration right: (expression_list . (func_literal) @extent.inner .)) @extent

(function_declaration
  name: (_) @name
  parameters: (_) @parameters
  result: (_)? @return
  body: (_)? @body) @definition.function
((method_declaration
  receiver: (parameter_list (parameter_declaration type: [
    (type_identifier) @container
    (generic_type type: (_) @container)
    (pointer_type (type_identifier) @container)
    (pointer_type (generic_type type: (_) @container))
  ]))
  name: (_) @name
  parameters: (_) @parameters
  result: (_)? @return
  body: (_)? @body) @definition.function
  (#set! kind "method"))
((method_elem name: (_) @name parameters: (_) @parameters result: (_)? @return) @definition.function (#set! kind "method"))
(func_literal parameters: (_) @parameters result: (_)? @return body: (_) @body) @definition.function

(parameter_declaration name: (_) @parameter.name type: (_) @parameter.type) @parameter
(parameter_declaration !name type: (_) @parameter.type) @parameter
(variadic_parameter_declaration name: (_)? @parameter.name type: (_) @parameter.type) @parameter

((type_spec name: (_) @name type: (struct_type (field_declaration_list) @body)) @definition.type (#set! kind "struct"))
((type_spec name: (_) @name type: (interface_type)) @definition.type (#set! kind "interface"))
((type_spec name: (_) @name type: [
  (type_identifier) (qualified_type) (pointer_type) (array_type) (slice_type) (map_type)
  (channel_type) (function_type) (generic_type) (parenthesized_type)
]) @definition.type (#set! kind "alias"))
((type_alias name: (_) @name) @definition.type (#set! kind "alias"))

(field_declaration name: (_) @name type: (_) @type) @member
(field_declaration !name type: (_) @base)
(type_elem . [(type_identifier) (qualified_type)] @base .)

(expression_statement (call_expression) @call.discarded)
(go_statement (call_expression) @call.discarded)
(defer_statement (call_expression) @call.discarded)

(call_expression function: (_) @callee arguments: (_) @arguments) @reference.call

(selector_expression operand: (_) @head field: (_) @tail) @path.member
(qualified_type package: (_) @head name: (_) @tail) @path.member
(call_expression function: (_) @head) @path.call
(index_expression operand: (_) @head) @path.index
(slice_expression operand: (_) @head) @path.index
(parenthesized_expression (_) @head) @path.through
(type_assertion_expression operand: (_) @head) @path.through
(type_instantiation_expression type: (_) @head) @path.through
[(identifier) (type_identifier) (field_identifier) (package_identifier)] @path.name

((import_spec !name path: (_) @import.module) @import (#set! import.name "*") (#set! import.alias "lastPathSegment"))
((import_spec name: (_) @import.alias path: (_) @import.module) @import (#set! import.name "*"))

((if_statement
  condition: (binary_expression left: (identifier) @_err operator: "!=" right: (nil))
  consequence: (block) @error.body) @error
  (#match? @_err "[eE]rr")
  (#set! kind "check"))
((call_expression function: (identifier) @error.type) @error
  (#eq? @error.type "panic")
  (#set! kind "raise"))
((return_statement (expression_list (call_expression function: (selector_expression operand: (identifier) @_package field: (_) @_function) @error.type) .)) @error
  (#any-of? @_package "errors" "fmt" "status" "xerrors")
  (#any-of? @_function "New" "Errorf" "Error" "Wrap" "Wrapf" "Join" "WithStack" "WithMessage")
  (#set! kind "raise"))
((return_statement (expression_list (identifier) @error.type .)) @error
  (#match? @error.type "^(err|.*Err)$")
  (#set! kind "propagate"))

(for_statement) @loop

(short_var_declaration
  left: (expression_list . (identifier) @binding.name)
  right: (expression_list . (call_expression function: (_) @binding.callee))) @binding
((short_var_declaration
  left: (expression_list . (identifier) @binding.name)
  right: (expression_list . [
    (composite_literal type: (_) @binding.callee)
    (unary_expression operand: (composite_literal type: (_) @binding.callee))
  ])) @binding
  (#set! binding "constructed"))
(var_spec name: (identifier) @binding.name type: (_) @binding.type) @binding
