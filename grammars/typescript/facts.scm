; inherits: ecmascript

(function_declaration "async"? @async name: (identifier) @name parameters: (_) @parameters return_type: (type_annotation (_) @return)? body: (_) @body) @definition.function
(generator_function_declaration "async"? @async name: (identifier) @name parameters: (_) @parameters return_type: (type_annotation (_) @return)? body: (_) @body) @definition.function
(function_signature "async"? @async name: (identifier) @name parameters: (_) @parameters return_type: (type_annotation (_) @return)?) @definition.function
(function_expression "async"? @async name: (identifier)? @name parameters: (_) @parameters return_type: (type_annotation (_) @return)? body: (_) @body) @definition.function
(generator_function "async"? @async name: (identifier)? @name parameters: (_) @parameters return_type: (type_annotation (_) @return)? body: (_) @body) @definition.function
((arrow_function "async"? @async parameters: (_) @parameters return_type: (type_annotation (_) @return)? body: (_) @body) @definition.function (#set! kind "arrow") (#set! visibility "inherited"))
((arrow_function "async"? @async parameter: (_) @parameters body: (_) @body) @definition.function (#set! kind "arrow") (#set! visibility "inherited"))
((method_definition "async"? @async name: (_) @name parameters: (_) @parameters return_type: (type_annotation (_) @return)? body: (_) @body) @definition.function
  (#set! kind "method")
  (#set! visibility "inherited"))
([
  (abstract_method_signature name: (_) @name parameters: (_) @parameters return_type: (type_annotation (_) @return)?)
  (method_signature name: (_) @name parameters: (_) @parameters return_type: (type_annotation (_) @return)?)
] @definition.function
  (#set! kind "method")
  (#set! visibility "inherited"))

((method_definition (accessibility_modifier) @_access) @private
  (#not-eq? @_access "public"))

(required_parameter pattern: (_) @parameter.name type: (type_annotation (_) @parameter.type)?) @parameter
(optional_parameter pattern: (_) @parameter.name type: (type_annotation (_) @parameter.type)?) @parameter
(arrow_function parameter: (identifier) @parameter @parameter.name)

(export_statement declaration: (ambient_declaration (_) @exported))
(ambient_declaration (_) @extent.inner) @extent
(program (ambient_declaration (_ name: [(identifier) (type_identifier)] @export)))

((class_declaration name: (_) @name body: (_) @body) @definition.type (#set! kind "class"))
((abstract_class_declaration name: (_) @name body: (_) @body) @definition.type (#set! kind "class"))
((class name: (_)? @name body: (_) @body) @definition.type (#set! kind "class"))
((interface_declaration name: (_) @name body: (_) @body) @definition.type (#set! kind "interface"))
((enum_declaration name: (_) @name body: (_) @body) @definition.type (#set! kind "enum"))
((type_alias_declaration name: (_) @name) @definition.type (#set! kind "alias"))
((internal_module name: (_) @name body: (_) @body) @definition.type (#set! kind "module"))
((module name: (_) @name body: (_) @body) @definition.type (#set! kind "module"))

(extends_clause value: (_) @base)
(implements_clause (_) @base)
(extends_type_clause type: (_) @base)

(public_field_definition name: (_) @name type: (type_annotation (_) @type)?) @member
(public_field_definition name: (_) @name value: (arrow_function) @name.of)
(public_field_definition value: (arrow_function) @extent.inner) @extent
(property_signature name: (_) @name type: (type_annotation (_) @type)?) @member
(required_parameter (accessibility_modifier) pattern: (identifier) @name type: (type_annotation (_) @type)?) @member
(enum_body name: (_) @name) @member
(enum_assignment name: (_) @name) @member

(non_null_expression (_) @head) @path.through
(as_expression . (_) @head) @path.through
(satisfies_expression . (_) @head) @path.through
(instantiation_expression . (_) @head) @path.through

; The grammar takes `await f<T>(x)` for a call of `await f`.
(call_expression function: (await_expression)) @call.awaited

((import_statement "type") @import (#set! typeOnly "true"))
((import_statement (import_require_clause (identifier) @import.alias source: (string) @import.module)) @import (#set! import.name "*"))

(variable_declarator name: (identifier) @binding.name type: (type_annotation (_) @binding.type)) @binding
