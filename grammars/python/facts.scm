; Facts of Python. Vocabulary and subset: grammars/README.md.

(comment) @comment

(decorated_definition definition: (_) @extent.inner) @extent
(decorator (_) @decorator.expression) @decorator

(assignment left: (identifier) @name right: (lambda) @name.of)

(module (function_definition name: (identifier) @export) (#not-match? @export "^_"))
(module (class_definition name: (identifier) @export) (#not-match? @export "^_"))
(module (decorated_definition definition: (_ name: (identifier) @export)) (#not-match? @export "^_"))
(module (expression_statement (assignment left: (identifier) @export)) (#not-match? @export "^_"))
((function_definition name: (identifier) @private) (#match? @private "^_(?!_.*__$)"))

((decorated_definition (decorator (identifier) @_property) definition: (function_definition) @definition.kind)
  (#any-of? @_property "property" "cached_property")
  (#set! kind "getter"))
((decorated_definition (decorator (attribute attribute: (identifier) @_setter)) definition: (function_definition) @definition.kind)
  (#eq? @_setter "setter")
  (#set! kind "setter"))
((function_definition name: (identifier) @_init) @definition.kind
  (#eq? @_init "__init__")
  (#set! kind "constructor"))

((function_definition
  "async"? @async
  name: (identifier) @name
  parameters: (parameters) @parameters
  return_type: (type)? @return
  body: (block) @body) @definition.function
  (#set! visibility "inherited"))
((lambda parameters: (lambda_parameters)? @parameters body: (_) @body) @definition.function (#set! kind "arrow"))

(block . (expression_statement . (string) @docstring))

(parameters [(identifier) (list_splat_pattern) (dictionary_splat_pattern)] @parameter @parameter.name)
(lambda_parameters [(identifier) (list_splat_pattern) (dictionary_splat_pattern)] @parameter @parameter.name)
(default_parameter name: (_) @parameter.name) @parameter
(typed_parameter . (_) @parameter.name type: (_) @parameter.type) @parameter
(typed_default_parameter name: (_) @parameter.name type: (_) @parameter.type) @parameter

((class_definition name: (identifier) @name body: (block) @body) @definition.type (#set! kind "class"))
(class_definition superclasses: (argument_list [(identifier) (attribute) (subscript) (call)] @base))
(class_definition body: (block (expression_statement (assignment left: (identifier) @name type: (type)? @type)))) @member
((assignment left: (attribute object: (identifier) @_self attribute: (identifier) @name) type: (type)? @type) @member
  (#eq? @_self "self"))

(await (call) @call.awaited)
(await) @await
(expression_statement (call) @call.discarded)
(expression_statement (await (call) @call.discarded))
(decorator (call) @call.decorator)
(decorator [(identifier) (attribute)] @callee @reference.call (#set! kind "decorator"))

(call function: (_) @callee arguments: (argument_list) @arguments) @reference.call
((call function: (_) @callee arguments: (generator_expression)) @reference.call (#set! arguments "1"))

(attribute object: (_) @head attribute: (_) @tail) @path.member
(call function: (_) @head) @path.call
(subscript value: (_) @head) @path.index
(parenthesized_expression (_) @head) @path.through
(await (_) @head) @path.through
(identifier) @path.name

((import_statement name: (dotted_name) @import @import.module @import.name)
  (#set! import.name "*")
  (#set! import.alias "module"))
((import_statement name: (aliased_import name: (_) @import.module alias: (_) @import.alias) @import) (#set! import.name "*"))
(import_from_statement module_name: (_) @import.module) @import
(import_from_statement name: (dotted_name) @import.name) @import
(import_from_statement name: (aliased_import name: (_) @import.name alias: (_) @import.alias)) @import
((import_from_statement (wildcard_import)) @import (#set! import.name "*") (#set! import.alias "*"))
((future_import_statement name: (dotted_name) @import.name) @import (#set! import.module "__future__"))

((try_statement) @error (#set! kind "try"))
(except_clause (block . (pass_statement) .)) @error.empty
(except_clause (block . (expression_statement (ellipsis)) .)) @error.empty
((except_clause !value) @error (#set! kind "catch"))
((except_clause value: (as_pattern . (_) @error.type)) @error (#set! kind "catch"))
((except_clause value: [(identifier) (attribute) (tuple) (parenthesized_expression)] @error.type) @error (#set! kind "catch"))
((raise_statement . (call function: (_) @error.type)) @error (#set! kind "raise"))
((raise_statement . [(identifier) (attribute)] @error.type) @error (#set! kind "raise"))

((raise_statement) @error (#eq? @error "raise") (#set! kind "raise"))

[(for_statement) (while_statement) (for_in_clause)] @loop

(assignment left: (identifier) @binding.name right: (call function: (_) @binding.callee)) @binding
(assignment left: (identifier) @binding.name right: (await (call function: (_) @binding.callee))) @binding
(assignment left: (identifier) @binding.name type: (_) @binding.type) @binding
(as_pattern (call function: (_) @binding.callee) alias: (as_pattern_target (identifier) @binding.name)) @binding
