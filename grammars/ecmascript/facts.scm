; Facts shared by JavaScript, TypeScript and TSX. Vocabulary and subset: grammars/README.md.

(comment) @comment

; --- what a definition stands in, and what it is called -------------------------------------------------------------

(export_statement declaration: (_) @extent.inner) @extent
(export_statement value: (_) @extent.inner) @extent
(lexical_declaration . (variable_declarator) @extent.inner .) @extent
(variable_declaration . (variable_declarator) @extent.inner .) @extent
(variable_declarator value: [(arrow_function) (function_expression) (generator_function) (class)] @extent.inner) @extent
(expression_statement (assignment_expression) @extent.inner) @extent
(assignment_expression right: [(arrow_function) (function_expression) (generator_function) (class)] @extent.inner) @extent

(variable_declarator
  name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function) (class)] @name.of)
(assignment_expression
  left: [(identifier) @name (member_expression property: (_) @name)]
  right: [(arrow_function) (function_expression) (generator_function) (class)] @name.of)
(pair
  key: (property_identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)] @name.of)

; const createUser = catchAsync(async (req, res) => { … }): callers use the constant's name.
(variable_declarator
  name: (identifier) @name
  value: (call_expression
    function: (identifier)
    arguments: (arguments . [(arrow_function) (function_expression)] @name.of .)))
(variable_declarator
  value: (call_expression
    function: (identifier)
    arguments: (arguments . [(arrow_function) (function_expression)] @extent.inner .))) @extent

; --- exports ---------------------------------------------------------------------------------------------------------

(export_statement declaration: (_) @exported)
(export_statement value: (_) @exported)
(program (export_statement declaration: (_ name: (_) @export)))
(program (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @export))))
(export_statement declaration: (lexical_declaration (variable_declarator) @exported))
(program (export_statement "default") @export.default)
(export_statement "default" value: (identifier) @export.local (#set! export "default"))
(export_statement (export_clause (export_specifier name: (_) @export.local !alias)) !source)
(export_statement (export_clause (export_specifier name: (_) @export.local alias: (_) @export)) !source)
(assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  right: (object (shorthand_property_identifier) @export.local)
  (#eq? @_module "module")
  (#eq? @_exports "exports"))
(assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  right: (object (pair key: (property_identifier) @export value: (identifier) @export.local))
  (#eq? @_module "module")
  (#eq? @_exports "exports"))
(assignment_expression
  left: (member_expression object: (identifier) @_module property: (property_identifier) @_exports)
  right: (identifier) @export.local
  (#eq? @_module "module")
  (#eq? @_exports "exports"))
(assignment_expression
  left: (member_expression object: (identifier) @_exports property: (property_identifier) @export)
  (#eq? @_exports "exports"))

; --- functions -------------------------------------------------------------------------------------------------------

((method_definition "get") @definition.kind (#set! kind "getter"))
((method_definition "set") @definition.kind (#set! kind "setter"))
((method_definition name: (property_identifier) @_name) @definition.kind
  (#eq? @_name "constructor")
  (#set! kind "constructor"))
(method_definition name: (private_property_identifier) @private)

(decorator (_) @decorator.expression) @decorator

; --- calls -----------------------------------------------------------------------------------------------------------

(await_expression (call_expression) @call.awaited)
(await_expression (new_expression) @call.awaited)
(await_expression) @await
(expression_statement (call_expression) @call.discarded)
(expression_statement (new_expression) @call.discarded)
(expression_statement (await_expression (call_expression) @call.discarded))
(decorator (call_expression) @call.decorator)
(decorator [(identifier) (member_expression)] @callee @reference.call (#set! kind "decorator"))

(call_expression function: (_) @callee arguments: (arguments) @arguments) @reference.call
((call_expression function: (_) @callee arguments: (template_string)) @reference.call (#set! arguments "1"))
((new_expression constructor: (_) @callee arguments: (arguments)? @arguments) @reference.call (#set! kind "new"))

(member_expression object: (_) @head property: (_) @tail) @path.member
(call_expression function: (_) @head) @path.call
(new_expression constructor: (_) @head) @path.call
(subscript_expression object: (_) @head) @path.index
(parenthesized_expression (_) @head) @path.through
(await_expression (_) @head) @path.through
(identifier) @path.name
(this) @path.name
(super) @path.name
(import) @path.name

; --- imports ---------------------------------------------------------------------------------------------------------

(import_statement source: (string) @import.module) @import
((import_statement (import_clause (identifier) @import.alias)) @import (#set! import.name "default"))
((import_statement (import_clause (namespace_import (identifier) @import.alias))) @import (#set! import.name "*"))
(import_statement (import_clause (named_imports (import_specifier name: (_) @import.name alias: (_)? @import.alias)))) @import
(export_statement source: (string) @import.module) @import
((export_statement (export_clause (export_specifier name: (_) @import.name)) source: (_)) @import (#set! import.alias ""))
((export_statement "*" source: (_)) @import (#set! import.name "*") (#set! import.alias ""))

((variable_declarator
  name: (identifier) @import.alias
  value: (call_expression function: (identifier) @_require arguments: (arguments . (string) @import.module))) @import
  (#eq? @_require "require")
  (#set! import.name "*"))
((variable_declarator
  name: (object_pattern (shorthand_property_identifier_pattern) @import.name)
  value: (call_expression function: (identifier) @_require arguments: (arguments . (string) @import.module))) @import
  (#eq? @_require "require"))
((variable_declarator
  name: (object_pattern (pair_pattern key: (property_identifier) @import.name value: (identifier) @import.alias))
  value: (call_expression function: (identifier) @_require arguments: (arguments . (string) @import.module))) @import
  (#eq? @_require "require"))
((variable_declarator
  name: (identifier) @import.alias
  value: (member_expression
    object: (call_expression function: (identifier) @_require arguments: (arguments . (string) @import.module))
    property: (property_identifier) @import.name)) @import
  (#eq? @_require "require"))
((expression_statement
  (call_expression function: (identifier) @_require arguments: (arguments . (string) @import.module .))) @import
  (#eq? @_require "require"))
(call_expression function: (import) arguments: (arguments . (string) @import.module)) @import

; --- errors and loops ------------------------------------------------------------------------------------------------

((try_statement) @error (#set! kind "try"))
((catch_clause body: (statement_block) @error.body) @error (#set! kind "catch"))
((throw_statement (new_expression constructor: (_) @error.type)) @error (#set! kind "raise"))
((throw_statement (call_expression function: (_) @error.type)) @error (#set! kind "raise"))
((throw_statement [(identifier) (member_expression)] @error.type) @error (#set! kind "raise"))
((call_expression function: (member_expression property: (property_identifier) @_catch)) @error
  (#eq? @_catch "catch")
  (#set! kind "catch"))

[(for_statement) (for_in_statement) (while_statement) (do_statement)] @loop

; --- what locals stand for -------------------------------------------------------------------------------------------

(variable_declarator name: (identifier) @binding.name value: (call_expression function: (_) @binding.callee)) @binding
(variable_declarator
  name: (identifier) @binding.name
  value: (await_expression (call_expression function: (_) @binding.callee))) @binding
((variable_declarator name: (identifier) @binding.name value: (new_expression constructor: (_) @binding.callee)) @binding
  (#set! binding "constructed"))
(variable_declarator
  name: (identifier) @binding.name
  value: [(identifier) (member_expression) (object) (array) (string) (template_string) (number) (binary_expression) (ternary_expression)]) @binding
