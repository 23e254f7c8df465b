; Facts of Rust. Vocabulary and subset: grammars/README.md.

[(line_comment) (block_comment)] @comment

(attribute_item (attribute) @decorator.expression) @decorator

(let_declaration pattern: (identifier) @name value: (closure_expression) @name.of)
(let_declaration value: (closure_expression) @extent.inner) @extent

(source_file (_ (visibility_modifier) name: (_) @export))
[
  (function_item (visibility_modifier))
  (function_signature_item (visibility_modifier))
  (struct_item (visibility_modifier))
  (union_item (visibility_modifier))
  (enum_item (visibility_modifier))
  (trait_item (visibility_modifier))
  (type_item (visibility_modifier))
  (mod_item (visibility_modifier))
] @exported
(impl_item trait: (_) body: (declaration_list (function_item) @exported))
(trait_item (visibility_modifier) body: (declaration_list [(function_item) (function_signature_item)] @exported))

(function_item
  (function_modifiers "async" @async)?
  name: (_) @name
  parameters: (_) @parameters
  return_type: (_)? @return
  body: (_) @body) @definition.function
(function_signature_item
  (function_modifiers "async" @async)?
  name: (_) @name
  parameters: (_) @parameters
  return_type: (_)? @return) @definition.function
((closure_expression "async"? @async parameters: (_) @parameters return_type: (_)? @return body: (_) @body) @definition.function
  (#set! kind "arrow"))

(parameter pattern: (_) @parameter.name type: (_) @parameter.type) @parameter
(self_parameter) @parameter @parameter.name
(closure_parameters [(identifier) (tuple_pattern) (reference_pattern) (struct_pattern)] @parameter @parameter.name)

((struct_item name: (_) @name body: (_)? @body) @definition.type (#set! kind "struct"))
((union_item name: (_) @name body: (_)? @body) @definition.type (#set! kind "struct"))
((enum_item name: (_) @name body: (_) @body) @definition.type (#set! kind "enum"))
((trait_item name: (_) @name body: (_) @body) @definition.type (#set! kind "trait"))
((type_item name: (_) @name) @definition.type (#set! kind "alias"))
((mod_item name: (_) @name body: (_) @body) @definition.type (#set! kind "module"))

(impl_item type: [(type_identifier) @name (generic_type type: (_) @name) (scoped_type_identifier name: (_) @name) (reference_type type: (_) @name)]) @definition.container
(impl_item trait: (_) @base type: [(type_identifier) @base.of (generic_type type: (_) @base.of)])
(trait_item bounds: (trait_bounds [(type_identifier) (generic_type) (scoped_type_identifier)] @base))

(field_declaration name: (_) @name type: (_) @type) @member
(enum_variant name: (_) @name) @member

(await_expression (call_expression) @call.awaited)
(await_expression) @await
(expression_statement (call_expression) @call.discarded)
(expression_statement (await_expression (call_expression) @call.discarded))
(expression_statement (try_expression (call_expression) @call.discarded))
(expression_statement (try_expression (await_expression (call_expression) @call.discarded)))

(call_expression function: (_) @callee arguments: (_) @arguments) @reference.call
((macro_invocation macro: (_) @callee (token_tree) @arguments) @reference.call (#set! kind "macro"))
(attribute_item (attribute . [(identifier) (scoped_identifier)] @callee arguments: (token_tree)? @arguments) @reference.call
  (#set! kind "decorator"))

(field_expression value: (_) @head field: (_) @tail) @path.member
(scoped_identifier path: (_) @head name: (_) @tail) @path.member
(scoped_type_identifier path: (_) @head name: (_) @tail) @path.member
(generic_function function: (_) @head) @path.through
(generic_type type: (_) @head) @path.through
(bracketed_type (_) @head) @path.through
(try_expression (_) @head) @path.through
(await_expression (_) @head) @path.through
(parenthesized_expression (_) @head) @path.through
(reference_expression value: (_) @head) @path.through
(call_expression function: (_) @head) @path.call
(macro_invocation macro: (_) @head) @path.call
(index_expression (_) @head) @path.index
[(identifier) (type_identifier) (self) (super) (crate) (primitive_type) (metavariable)] @path.name

(use_declaration argument: (_) @import.tree) @import

((try_expression) @error (#set! kind "propagate"))
((macro_invocation macro: (identifier) @error.type) @error
  (#any-of? @error.type "panic" "unreachable" "todo" "unimplemented" "bail" "ensure")
  (#set! kind "raise"))
((return_expression (call_expression function: (identifier) @_err arguments: (arguments . (_) @error.type .))) @error
  (#eq? @_err "Err")
  (#set! kind "raise"))
((match_arm pattern: (match_pattern (tuple_struct_pattern type: (identifier) @error.type)) value: (block)? @error.body) @error
  (#eq? @error.type "Err")
  (#set! kind "check"))
((let_condition pattern: (tuple_struct_pattern type: (identifier) @error.type)) @error
  (#eq? @error.type "Err")
  (#set! kind "check"))

[(for_expression) (while_expression) (loop_expression)] @loop

(let_declaration
  pattern: (identifier) @binding.name
  value: [
    (call_expression function: (_) @binding.callee)
    (try_expression (call_expression function: (_) @binding.callee))
    (await_expression (call_expression function: (_) @binding.callee))
    (try_expression (await_expression (call_expression function: (_) @binding.callee)))
  ]) @binding
(let_declaration pattern: (identifier) @binding.name type: (_) @binding.type) @binding
