/**
 * Rows and columns; where there is no room for columns, a card for each row. Roles are said, since a browser takes
 * what is not shown as a table for none.
 */
import { Table } from '@mantine/core';
import { useState } from 'react';
import classes from './data-table.module.css';
import type { Column } from './find-and-list.tsx';

export interface DataTableProps<Row> {
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
}

export function DataTable<Row>({ rows, columns, keyOf }: DataTableProps<Row>) {
  const [order, setOrder] = useState<{ readonly by: string; readonly down: boolean }>();
  const column = columns.find(({ id }) => id === order?.by);
  const sorted = column
    ? [...rows].sort((one, other) => collate(column.text(one), column.text(other)))
    : rows;
  const shown = order?.down ? [...sorted].reverse() : sorted;
  return (
    <Table role="table" className={classes.table} striped highlightOnHover withTableBorder>
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          {columns.map(({ id, label, isControl }) =>
            isControl ? (
              <Table.Th role="columnheader" key={id}>
                {label}
              </Table.Th>
            ) : (
              <Table.Th role="columnheader" key={id} aria-sort={sortOf(order, id)}>
                <button
                  type="button"
                  className={classes.sort}
                  onClick={() => setOrder({ by: id, down: order?.by === id && !order.down })}
                >
                  {label}
                </button>
              </Table.Th>
            ),
          )}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">
        {shown.map((row) => (
          <Table.Tr role="row" key={keyOf(row)}>
            {columns.map(({ id, label, text, cell, isLong }) => (
              <Table.Td
                role="cell"
                key={id}
                data-label={label}
                {...(isLong && { className: classes.long })}
              >
                {cell ? cell(row) : text(row)}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function sortOf(
  order: { readonly by: string; readonly down: boolean } | undefined,
  id: string,
): 'ascending' | 'descending' | 'none' {
  if (order?.by !== id) return 'none';
  return order.down ? 'descending' : 'ascending';
}

/** Numbers in texts by their value: CFB-2 before CFB-10. */
function collate(one: string, other: string): number {
  return one.localeCompare(other, undefined, { numeric: true });
}
