/** What each grammar kind means to the miners: one table for all grammars, since tree-sitter's authors share names. */
import type { Grammar } from '../syntax/flatTree.ts';

/**
 * How a node enters the normalised tree.
 * `skip` drops it with all below, `splice` puts its children in its place, `plain` keeps it under its label;
 * the others read a name from the source (see encodeMiningTrees.ts).
 */
export type Role =
  | 'skip'
  | 'splice'
  | 'plain'
  | 'call'
  | 'new'
  | 'macro'
  | 'member'
  | 'path'
  | 'name'
  | 'text'
  | 'operator'
  | 'pair'
  | 'keyword'
  | 'shorthand'
  | 'function'
  | 'class'
  | 'type'
  | 'decorator'
  | 'element'
  | 'attribute'
  | 'parameter';

interface RoleEntry {
  readonly role: Role;
  /** Label of a plain node, or prefix of a named one. */
  readonly label: string;
}

/** role or role:label → the kinds that have it, over all six grammars. */
const KINDS: Readonly<Record<string, string>> = {
  skip: `comment line_comment block_comment hash_bang_line import_statement import_from_statement future_import_statement
    use_declaration extern_crate_declaration import_declaration package_clause type_parameters visibility_modifier
    accessibility_modifier override_modifier empty_statement lifetime string_fragment string_content escape_sequence
    type_alias_declaration interface_declaration inner_attribute_item jsx_text token_tree type_arguments function_modifiers
    type_predicate type_predicate_annotation asserts_annotation index_signature jsx_closing_element label statement_identifier
    string_start string_end self_parameter nonlocal_statement global_statement where_clause type_parameter_list where_predicate
    mutable_specifier interpreted_string_literal_content raw_string_literal_content self this super`,
  splice: `program module source_file expression_statement parenthesized_expression arguments argument_list statement_list
    expression_list class_body lexical_declaration variable_declaration export_statement decorated_definition formal_parameters
    parameters parameter_list lambda_parameters closure_parameters match_block switch_body field_initializer_list literal_value
    literal_element with_clause jsx_expression as_expression satisfies_expression non_null_expression reference_expression
    const_declaration var_declaration type_declaration declaration_list field_declaration_list jsx_opening_element
    jsx_closing_fragment template_substitution interpolation finally_block sequence_expression class_heritage
    type_cast_expression as_pattern as_pattern_target expression_case_list let_chain mut_pattern ref_pattern
    reference_pattern pattern_list tuple_pattern var_spec_list argument enum_body export_clause`,
  'plain:block': 'statement_block block function_body',
  'plain:declare': `variable_declarator short_var_declaration var_spec const_spec let_declaration static_item const_item
    public_field_definition field_definition`,
  'plain:if': 'if_statement if_expression',
  'plain:else': 'else_clause',
  'plain:elif': 'elif_clause',
  'plain:for': 'for_statement for_in_statement for_expression for_in_clause',
  'plain:while': 'while_statement while_expression do_statement loop_expression',
  'plain:switch':
    'switch_statement expression_switch_statement type_switch_statement match_statement match_expression select_statement',
  'plain:case': 'switch_case expression_case type_case case_clause match_arm communication_case',
  'plain:default': 'switch_default default_case',
  'plain:try': 'try_statement',
  'plain:catch': 'catch_clause except_clause except_group_clause',
  'plain:finally': 'finally_clause',
  'plain:throw': 'throw_statement raise_statement',
  'plain:return': 'return_statement return_expression',
  'plain:await': 'await_expression await',
  'plain:yield': 'yield_expression yield',
  'plain:break': 'break_statement break_expression',
  'plain:continue': 'continue_statement continue_expression',
  'plain:with': 'with_statement',
  'plain:item': 'with_item',
  'plain:assert': 'assert_statement',
  'plain:pass': 'pass_statement',
  'plain:delete': 'delete_statement',
  'plain:go': 'go_statement',
  'plain:defer': 'defer_statement',
  'plain:propagate': 'try_expression',
  'plain:ternary': 'ternary_expression conditional_expression',
  'plain:subscript': 'subscript_expression subscript index_expression',
  'plain:array': 'array list array_expression',
  'plain:tuple': 'tuple tuple_expression',
  'plain:set': 'set',
  'plain:object': 'object dictionary',
  'plain:destructure': 'object_pattern array_pattern struct_pattern',
  'plain:spread': 'spread_element rest_pattern list_splat dictionary_splat list_splat_pattern dictionary_splat_pattern',
  'plain:comprehension': 'list_comprehension generator_expression dictionary_comprehension set_comprehension',
  'plain:where': 'if_clause',
  'plain:template': 'template_string',
  'plain:assign-type': 'type_assertion_expression type_conversion_expression',
  'plain:send': 'send_statement',
  'plain:range': 'range_clause range_expression',
  'plain:async': 'async_block',
  'plain:unsafe': 'unsafe_block',
  'plain:let': 'let_condition',
  'plain:fragment': 'jsx_fragment',
  'plain:text-string':
    'string concatenated_string interpreted_string_literal raw_string_literal string_literal char_literal rune_literal',
  'plain:number': 'number integer float int_literal float_literal integer_literal imaginary_literal',
  'plain:regex': 'regex',
  'plain:null': 'null none nil undefined',
  'text:': 'true false boolean_literal',
  'call:call': 'call_expression call',
  'new:new': 'new_expression composite_literal struct_expression',
  'macro:macro': 'macro_invocation',
  'member:': 'member_expression attribute selector_expression field_expression',
  'path:': 'scoped_identifier generic_function',
  'name:': 'identifier property_identifier field_identifier type_identifier',
  'operator:binary': 'binary_expression binary_operator boolean_operator comparison_operator',
  'operator:unary': 'unary_expression unary_operator not_operator update_expression inc_statement dec_statement',
  'operator:assign': `assignment_expression assignment augmented_assignment_expression augmented_assignment
    assignment_statement compound_assignment_expr named_expression`,
  'pair:key': 'pair keyed_element field_initializer pair_pattern field_pattern',
  'keyword:kwarg': 'keyword_argument',
  'shorthand:key':
    'shorthand_property_identifier shorthand_property_identifier_pattern shorthand_field_identifier shorthand_field_initializer',
  'function:function': `function_declaration function_expression arrow_function method_definition function_definition
    function_item method_declaration func_literal closure_expression generator_function_declaration generator_function lambda
    function_signature_item method_elem`,
  'class:class':
    'class_declaration class_definition abstract_class_declaration class struct_item enum_item trait_item impl_item type_spec',
  'type:type':
    'type type_annotation generic_type pointer_type qualified_type scoped_type_identifier reference_type slice_type map_type array_type struct_type interface_type function_type channel_type',
  'decorator:decorator': 'decorator attribute_item',
  'element:jsx': 'jsx_element jsx_self_closing_element',
  'attribute:attr': 'jsx_attribute',
  'parameter:param': `required_parameter optional_parameter typed_parameter default_parameter typed_default_parameter parameter
    parameter_declaration variadic_parameter_declaration`,
};

const BY_KIND: ReadonlyMap<string, RoleEntry> = new Map(
  Object.entries(KINDS).flatMap(([key, kinds]) => {
    const [role, label = ''] = key.split(':') as [Role, string?];
    return kinds.split(/\s+/).map((kind): [string, RoleEntry] => [kind, { role, label }]);
  }),
);

/** Types that say nothing about a repository's APIs. */
export const PRIMITIVE_TYPES = new Set(
  `string number boolean void any unknown never object null undefined bigint symbol str int float bool bytes None list dict
  tuple set error byte rune int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float32 float64 uintptr interface{} any
  u8 u16 u32 u64 usize i8 i16 i32 i64 isize f32 f64 char &str String &String Self self () &[u8] []byte []string Vec<u8> struct{}`.split(
    /\s+/,
  ),
);

/** A grammar's kinds and fields resolved to numbers, computed once per grammar object. */
export interface GrammarRoles {
  /** By kind number; a kind that the table does not know is plain under its own name. */
  readonly roles: readonly RoleEntry[];
  readonly kinds: readonly string[];
  /** Field number by name; 0 where the grammar has no such field. */
  readonly fields: Readonly<Record<FieldName, number>>;
}

export type FieldName =
  | 'function'
  | 'arguments'
  | 'constructor'
  | 'type'
  | 'macro'
  | 'object'
  | 'operand'
  | 'value'
  | 'property'
  | 'attribute'
  | 'field'
  | 'key'
  | 'name'
  | 'operator'
  | 'operators'
  | 'return_type'
  | 'result'
  | 'superclasses'
  | 'body'
  | 'path'
  | 'pattern'
  | 'left'
  | 'index'
  | 'trait'
  | 'receiver'
  | 'parameter';

const FIELD_NAMES: readonly FieldName[] = [
  ...(['function', 'arguments', 'constructor', 'type', 'macro', 'object', 'operand', 'value', 'property'] as const),
  ...(['attribute', 'field', 'key', 'name', 'operator', 'operators', 'return_type', 'result', 'superclasses'] as const),
  ...(['body', 'path', 'pattern', 'left', 'index', 'trait', 'receiver', 'parameter'] as const),
];

const resolved = new WeakMap<Grammar, GrammarRoles>();

export function grammarRoles(grammar: Grammar): GrammarRoles {
  const known = resolved.get(grammar);
  if (known) return known;
  const roles = grammar.kindNames.map((kind): RoleEntry => BY_KIND.get(kind) ?? { role: 'plain', label: kind });
  const fields = Object.fromEntries(
    FIELD_NAMES.map((name) => [name, Math.max(0, grammar.fieldNames.indexOf(name))]),
  ) as Record<FieldName, number>;
  const made = { roles, kinds: grammar.kindNames, fields };
  resolved.set(grammar, made);
  return made;
}
