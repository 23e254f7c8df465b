/*
 * Writes a tree-sitter tree as flat preorder arrays, reading the subtrees where they lie: compiled to a small wasm module
 * that shares web-tree-sitter's linear memory, so that a file's tree costs one call instead of several per node.
 *
 * What a node is (visible subtrees and aliases), which symbol it shows and which field it stands in follow tree_cursor.c
 * and node.c of tree-sitter 0.27.1; test/unit/syntax/treeSerializer.test.ts holds it against the public cursor.
 */
#include "./subtree.h"
#include "./language.h"
#include "./tree.h"

enum { NODE_NAMED = 1, NODE_ERROR = 2, NODE_MISSING = 4, NODE_EXTRA = 8 };

/* A subtree whose children are being visited. */
typedef struct {
  const Subtree *next;
  const Subtree *stop;
  const TSSymbol *aliases;
  const TSFieldMapEntry *fields;
  const TSFieldMapEntry *fields_stop;
  /* Byte at which the next child's own text starts. */
  uint32_t start;
  /* Children so far that are no extras: what aliases and fields are indexed by. */
  uint32_t structural_index;
  /* Index of the visible node these children belong to. */
  uint32_t node;
  /* Field that a hidden subtree passes on to its children; 0 for a visible one. */
  TSFieldId inherited_field;
  bool visible;
} Frame;

uint32_t frame_size(void) { return sizeof(Frame); }

uint32_t node_count(const TSTree *tree) { return ts_subtree_visible_descendant_count(tree->root) + 1; }

static inline void open_frame(
  Frame *frame, const TSLanguage *language, Subtree subtree, uint32_t start, uint32_t node, TSFieldId field, bool visible
) {
  uint32_t count = subtree.ptr->child_count;
  uint16_t production = subtree.ptr->production_id;
  frame->next = ts_subtree_children(subtree);
  frame->stop = frame->next + count;
  frame->aliases = ts_language_alias_sequence(language, production);
  ts_language_field_map(language, production, &frame->fields, &frame->fields_stop);
  frame->start = start;
  frame->structural_index = 0;
  frame->node = node;
  frame->inherited_field = field;
  frame->visible = visible;
}

/*
 * `out` has room for `count` nodes, laid out as parent, end, start, end offset (int32 each), kind, field (uint16 each) and
 * flags (uint8). Offsets are UTF-16 units. ERROR nodes get the kind `error_kind`. Returns the number of nodes with the
 * highest bit set if one of them is an error; 0 if `stack` (of `stack_frames`) is too small; UINT32_MAX if the tree holds
 * another number of nodes than `count`, which would be a defect of this file.
 */
uint32_t serialize_tree(
  const TSTree *tree, uint8_t *out, uint32_t count, Frame *stack, uint32_t stack_frames, uint32_t error_kind
) {
  const TSLanguage *language = tree->language;
  const TSSymbol *public_symbols = language->public_symbol_map;
  int32_t *parents = (int32_t *)out;
  int32_t *ends = parents + count;
  int32_t *starts = ends + count;
  int32_t *stops = starts + count;
  uint16_t *kinds = (uint16_t *)(stops + count);
  uint16_t *fields = kinds + count;
  uint8_t *flags = (uint8_t *)(fields + count);
  uint32_t errors = 0;

  Subtree root = tree->root;
  uint32_t root_start = ts_subtree_padding(root).bytes;
  TSSymbol root_symbol = ts_subtree_symbol(root);
  parents[0] = -1;
  ends[0] = 1;
  starts[0] = root_start >> 1;
  stops[0] = (root_start + ts_subtree_size(root).bytes) >> 1;
  kinds[0] = root_symbol == ts_builtin_sym_error ? error_kind : public_symbols[root_symbol];
  fields[0] = 0;
  flags[0] = (ts_subtree_named(root) ? NODE_NAMED : 0) | (ts_subtree_missing(root) ? NODE_MISSING : 0) |
             (ts_subtree_extra(root) ? NODE_EXTRA : 0) | (root_symbol == ts_builtin_sym_error ? NODE_ERROR : 0);
  errors |= flags[0] & (NODE_ERROR | NODE_MISSING);
  uint32_t written = 1;
  if (ts_subtree_child_count(root) == 0) return written == count ? written | (errors ? 1u << 31 : 0) : UINT32_MAX;

  Frame *frame = stack;
  Frame *last_frame = stack + stack_frames - 1;
  open_frame(frame, language, root, root_start, 0, 0, true);

  for (;;) {
    if (frame->next == frame->stop) {
      if (frame->visible) ends[frame->node] = written;
      if (frame == stack) break;
      frame--;
      continue;
    }
    Subtree child = *frame->next++;
    uint32_t start = frame->start;
    uint32_t size = ts_subtree_size(child).bytes;
    frame->start = start + size;
    if (frame->next != frame->stop) frame->start += ts_subtree_padding(*frame->next).bytes;

    bool extra = ts_subtree_extra(child);
    TSSymbol alias = 0;
    TSFieldId field = 0;
    if (!extra) {
      uint32_t index = frame->structural_index++;
      if (frame->aliases) alias = frame->aliases[index];
      field = frame->inherited_field;
      for (const TSFieldMapEntry *entry = frame->fields; entry != frame->fields_stop; entry++) {
        if (!entry->inherited && entry->child_index == index) {
          field = entry->field_id;
          break;
        }
      }
    }

    bool visible = alias || ts_subtree_visible(child);
    uint32_t child_count = ts_subtree_child_count(child);
    uint32_t node = frame->node;
    if (visible) {
      if (written == count) return UINT32_MAX;
      TSSymbol symbol = alias ? alias : ts_subtree_symbol(child);
      bool error = symbol == ts_builtin_sym_error;
      bool named = alias ? language->symbol_metadata[alias].named : ts_subtree_named(child);
      uint8_t flag = (named ? NODE_NAMED : 0) | (error ? NODE_ERROR : 0) | (ts_subtree_missing(child) ? NODE_MISSING : 0) |
                     (extra ? NODE_EXTRA : 0);
      node = written++;
      parents[node] = frame->node;
      ends[node] = written;
      starts[node] = start >> 1;
      stops[node] = (start + size) >> 1;
      kinds[node] = error ? error_kind : public_symbols[symbol];
      fields[node] = field;
      flags[node] = flag;
      errors |= flag & (NODE_ERROR | NODE_MISSING);
      if (child_count == 0) continue;
      field = 0;
    } else if (child_count == 0 || child.ptr->visible_child_count == 0) {
      continue;
    }
    if (frame == last_frame) return 0;
    frame++;
    open_frame(frame, language, child, start, node, field, visible);
  }
  return written == count ? written | (errors ? 1u << 31 : 0) : UINT32_MAX;
}
