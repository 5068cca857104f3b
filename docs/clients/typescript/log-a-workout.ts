/**
 * Signs in, logs a workout with two sets, twice as a phone with a bad connection would, reads it
 * back, and finds it in the change feed.
 *
 * NUMENEON_URL, NUMENEON_USER and NUMENEON_PASSWORD say where and as whom; without them it is ana
 * of the demo on this machine.
 */
import createClient from "openapi-fetch";

import type { components, paths } from "./schema.d.ts";
import { uuid7 } from "./uuid7.ts";

type Rows = components["schemas"]["SyncedRows"];
type Workout = NonNullable<Rows["workouts.workout"]>;

const env = process.env;
const api = createClient<paths>({ baseUrl: env["NUMENEON_URL"] ?? "http://127.0.0.1:8000" });

/** The answer's data, or the end of the program with what the server said. */
function expected<T>(result: { data?: T; error?: unknown; response: Response }): T {
  if (result.data === undefined) {
    const { status, url } = result.response;
    throw new Error(`${status} from ${url}: ${JSON.stringify(result.error)}`);
  }
  return result.data;
}

async function signIn(): Promise<void> {
  const { meta } = expected(
    await api.POST("/_allauth/app/v1/auth/login", {
      body: {
        username: env["NUMENEON_USER"] ?? "ana",
        password: env["NUMENEON_PASSWORD"] ?? "numeneon-demo-2026",
      },
    }),
  );
  if (meta.session_token === undefined) throw new Error("A second factor is asked for.");
  const authorization = `Bearer ${meta.session_token}`;
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", authorization);
      return request;
    },
  });
}

async function exerciseNamed(q: string): Promise<string> {
  const page = expected(
    await api.GET("/api/v1/exercises/", { params: { query: { q, page_size: 1 } } }),
  );
  const [first] = page.results;
  if (first === undefined) throw new Error(`There is no exercise like ${q}.`);
  return first.id;
}

/** Everything since the cursor, and the cursor to keep for the next time. */
async function sync(since: string): Promise<{ workouts: Map<string, Workout>; cursor: string }> {
  const workouts = new Map<string, Workout>();
  let cursor = since;
  for (;;) {
    const query = cursor === "" ? {} : { cursor };
    const page = expected(await api.GET("/api/v1/sync/", { params: { query } }));
    for (const { resource, id, deleted, data } of page.results) {
      // A resource that this program does not know is passed over: new ones may come.
      if (resource !== "workouts.workout") continue;
      if (deleted || data === null) workouts.delete(id);
      else workouts.set(id, data as Workout);
    }
    cursor = page.cursor;
    if (!page.has_more) return { workouts, cursor };
  }
}

await signIn();
const { cursor } = await sync("");
const exercise = await exerciseNamed("barbell bench press");

const body: components["schemas"]["WorkoutRequest"] = {
  id: uuid7(),
  name: "Push day",
  date: new Date().toISOString().slice(0, 10),
  start_time: "18:05",
  end_time: "19:00",
  sets: [
    { exercise, reps: 5, weight: 60 },
    { exercise, reps: 5, weight: 62.5, rpe: 8 },
  ],
};
const first = await api.POST("/api/v1/workouts/", { body });
const again = await api.POST("/api/v1/workouts/", { body });
const { id } = expected(first);

const workout = expected(await api.GET("/api/v1/workouts/{id}/", { params: { path: { id } } }));
const changed = await sync(cursor);

console.log(`${first.response.status}, then ${again.response.status}: ${workout.name}`);
for (const { exercise_name: name, sets } of workout.exercises) {
  console.log(`${name}: ${sets.map((set) => `${set.reps} x ${set.weight} kg`).join(", ")}`);
}
console.log(`${workout.tonnage} kg in all; in the feed: ${changed.workouts.has(id)}`);
