; inherits: ecmascript, jsx

(function_declaration "async"? @async name: (identifier) @name parameters: (_) @parameters body: (_) @body) @definition.function
(generator_function_declaration "async"? @async name: (identifier) @name parameters: (_) @parameters body: (_) @body) @definition.function
(function_expression "async"? @async name: (identifier)? @name parameters: (_) @parameters body: (_) @body) @definition.function
(generator_function "async"? @async name: (identifier)? @name parameters: (_) @parameters body: (_) @body) @definition.function
((arrow_function "async"? @async parameters: (_) @parameters body: (_) @body) @definition.function (#set! kind "arrow") (#set! visibility "inherited"))
((arrow_function "async"? @async parameter: (_) @parameters body: (_) @body) @definition.function (#set! kind "arrow") (#set! visibility "inherited"))
((method_definition "async"? @async name: (_) @name parameters: (_) @parameters body: (_) @body) @definition.function
  (#set! kind "method")
  (#set! visibility "inherited"))

(formal_parameters [(identifier) (object_pattern) (array_pattern) (rest_pattern)] @parameter.name @parameter)
(formal_parameters (assignment_pattern left: (_) @parameter.name) @parameter)
(arrow_function parameter: (identifier) @parameter @parameter.name)

((class_declaration name: (_) @name body: (_) @body) @definition.type (#set! kind "class"))
((class name: (_)? @name body: (_) @body) @definition.type (#set! kind "class"))
(class_heritage (_) @base)
(field_definition property: (_) @name) @member
(field_definition property: (_) @name value: (arrow_function) @name.of)
(field_definition value: (arrow_function) @extent.inner) @extent
