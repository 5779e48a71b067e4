"""The finite types in C: structs, operations on their values, and packed states.

`Layouts` is the way in.  The operations, by name and by the kinds to ask for; `w` stands for a first
parameter `Worker *w`, which a function has exactly if `Layouts.can_escape` says so.  A value is passed
by value if its type is a scalar (`Layouts.is_scalar`) and by const pointer otherwise.  `-> T` is the
return value of a scalar; an aggregate result is written to a first parameter `T *out` (after `w`),
which must not be one of the operands.  Operations marked *in place* change what their first
pointer points at.

    equal (T)               (T a, T b) -> bool
    order (T)               (T a, T b) -> int: below, equal to or above zero; the canonical order
    coerce (From, To)       (w, From value) -> To
    narrow (Int)            (w, int64_t value) -> storage of the type
    is (Union, Option)      (Union value) -> bool
    as (Union, Option)      (w, Union value) -> Option, an aggregate as a const pointer into the value
    rank (T)                (T value) -> int: its place among the values of its type, -1 outside
    unrank (T)              (int rank) -> T, an aggregate as a const pointer to static data

    empty (Set|Seq|Bag)     () -> T
    has (Set|Seq|Bag|Map)   (T values, Item item) -> bool; of a map: whether the item is a key
    next (Set|Bag)          (T values, int *cursor, Item *item) -> bool; the cursor starts at 0; an
                            aggregate item comes as a const pointer: `const Item **item`
    every (Set)             (w) -> T
    add, remove (Set)       in place: (w, T *set, Item item)
    size (Set)              (T set) -> int64_t
    union, intersection, difference, symmetric (Set)   (w, T a, T b) -> T
    subset (Set)            (T a, T b) -> bool: a is a subset of b, or equal

    append (Seq)            in place: (w, T *sequence, Item item)
    at (Seq)                (w, T sequence, int64_t index) -> const pointer to the stored item
    concat (Seq)            (w, T a, T b) -> T
    slice (Seq)             (T sequence, int64_t low, int64_t high) -> T; INT64_MAX for no `high`

    slot (Map)              (w, Key key) -> int: the place of its value in `at`; keys by `unrank (Key)`

    count (Bag)             (T bag, Item item) -> int64_t
    put, take (Bag)         in place: (w, T *bag, Item item, int64_t copies)
    plus, minus (Bag)       (w, T a, T b) -> T
    included (Bag)          (T a, T b) -> bool
    total (Bag)             (T bag) -> int64_t
    support (Bag)           (w, T bag) -> the set of its members

Members of the structs: records by `Layouts.field`, tuples `item_0`, sequences and array sets `length`
and `item[]`, maps `at[]`, bags `length` and `entry[]` of `item` and `count`, unions `tag` and `as`.
"""
