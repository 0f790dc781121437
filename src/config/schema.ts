// The JSON Schema of the configuration file: what is checked, what docs/CONFIG.md is made from, what an editor may use.
// A key that is not in here is an error, so that a slip of the pen is not taken for a setting.
import { paneNames } from '../core/pane-names.ts';

export type Schema = {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly propertyNames?: Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
};

const text = (description: string, more: Schema = {}): Schema => ({
  type: 'string',
  minLength: 1,
  description,
  ...more,
});
const texts = (description: string, more: Schema = {}): Schema => ({
  type: 'array',
  items: { type: 'string', minLength: 1 },
  description,
  ...more,
});
const object = (properties: Readonly<Record<string, Schema>>, more: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...more,
});
const map = (of: Schema, description: string, more: Schema = {}): Schema => ({
  type: 'object',
  additionalProperties: of,
  description,
  ...more,
});

const share: Schema = {
  type: 'number',
  exclusiveMinimum: 0,
  description: 'Share of the space, beside its neighbours.',
  default: 1,
};

const cluster = object({
  alias: text('What the cluster is called on screen and in `--cluster`. Not for a glob.'),
  role: {
    type: 'string',
    enum: ['iterate', 'build', 'view', 'run', 'full', 'mixed', 'unknown'],
    description: 'What it is used for; absent: guessed from its systems.',
  },
  stage: text('Its place on the promotion path.', { examples: ['dev', 'staging', 'prod-eu'] }),
  protected: {
    type: 'boolean',
    default: false,
    description: 'Asks one confirmation tier more for every write, and is locked until `L`.',
  },
  namespaces: texts('Read instead of all namespaces where these may not be listed.'),
  hue: {
    type: 'integer',
    minimum: 1,
    maximum: 12,
    description: 'Its swatch; absent: remembered from its first sight.',
  },
});

const deck = object(
  {
    rows: {
      type: 'array',
      minItems: 1,
      description: 'From top to bottom.',
      items: object(
        {
          share: { ...share, description: 'Share of the height.' },
          panes: {
            type: 'array',
            minItems: 1,
            description: `From left to right: a pane (${paneNames.join(', ')}), or one with its share of the width.`,
            items: {
              anyOf: [
                { type: 'string', minLength: 1 },
                object(
                  { pane: text('Name of the pane.'), share: { ...share, description: 'Share of the width.' } },
                  { required: ['pane'] },
                ),
              ],
            },
          },
        },
        { required: ['panes'] },
      ),
    },
  },
  { required: ['rows'] },
);

/** Bytes: a number, or one with a unit of 1,024 (`64Mi`) or 1,000 (`64M`). */
export const sizePattern = '^[0-9]+(\\.[0-9]+)?(Ki|Mi|Gi|k|M|G)?$';

export const configSchema: Schema = {
  ...object({
    clusters: map(
      cluster,
      'What is said of clusters, by context name, cluster name or glob. A glob counts first, an exact name wins over it.',
      {
        examples: [{ 'prod-*': { stage: 'prod', protected: true }, 'kind-dev': { alias: 'dev' } }],
      },
    ),
    namespaces: texts('Read in every cluster whose namespaces may not be listed, beside the one of its context.'),
    theme: {
      type: 'string',
      enum: ['auto', 'dark', 'light', 'contrast'],
      default: 'auto',
      description: '`auto` asks the terminal for its background.',
    },
    ascii: { type: 'boolean', description: 'Draws with ASCII only; absent: decided from locale and terminal.' },
    decks: map(deck, 'Decks of your own, by name (`--deck night`, `:night`); a built-in name replaces that deck.', {
      examples: [
        { night: { rows: [{ share: 0.4, panes: ['triage'] }, { panes: [{ pane: 'logs', share: 0.6 }, 'events'] }] } },
      ],
    }),
    keys: map(
      {
        anyOf: [
          { type: 'string', minLength: 1 },
          { type: 'array', items: { type: 'string', minLength: 1 } },
        ],
      },
      'Keys by action (docs/KEYS.md names them): one, several, or `[]` for none.',
      { examples: [{ 'pane.zoom': ['z', 'f11'], 'object.describe': 'D', 'list.freeze': [] }] },
    ),
    scopes: map(
      { type: 'string' },
      'Saved scopes: a line of the scope grammar by name, for the palette and `:scope shop`.',
      {
        examples: [{ shop: 'c:prod-* ns:shop' }],
      },
    ),
    logs: object(
      {
        ringBytes: {
          anyOf: [
            { type: 'integer', minimum: 1 },
            { type: 'string', pattern: sizePattern },
          ],
          default: '64Mi',
          description: 'Memory for log lines: bytes, or with a unit (`64Mi`). Between 1Mi and 4Gi.',
        },
      },
      { description: 'Log streams.' },
    ),
    plugins: object(
      {
        disabled: texts(
          'Built-in plugins that are not started, by id: what they watch is not read, their problems are not found.',
        ),
      },
      { description: 'Integrations.' },
    ),
  }),
  description: 'Configuration of Flagbridge.',
};
