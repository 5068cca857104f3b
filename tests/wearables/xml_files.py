"""TCX and GPX, as watches and services write them."""

TCX = """<?xml version="1.0" encoding="UTF-8"?>
<TrainingCenterDatabase
    xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"
    xmlns:ns3="http://www.garmin.com/xmlschemas/ActivityExtension/v2"><Activities>{}</Activities>
</TrainingCenterDatabase>"""
LAP = """<Lap StartTime="2026-03-02T06:{minute:02}:00Z">
<TotalTimeSeconds>{seconds}</TotalTimeSeconds><DistanceMeters>2500.0</DistanceMeters><Calories>175</Calories>{average}<Track>{points}</Track>
<Extensions><ns3:LX><ns3:AvgSpeed>2.7</ns3:AvgSpeed></ns3:LX></Extensions></Lap>"""
POINT = """<Trackpoint><Time>{time}</Time><DistanceMeters>9</DistanceMeters>
<HeartRateBpm><Value>{bpm}</Value></HeartRateBpm></Trackpoint>"""
GPX = """<?xml version="1.0"?><gpx version="1.1" creator="Tracks"
    xmlns="http://www.topografix.com/GPX/1/1"
    xmlns:g="http://www.garmin.com/xmlschemas/TrackPointExtension/v1">{}</gpx>"""


def lap(minute: int, seconds: float = 900, bpm: int | None = None, points: str = "") -> str:
    average = f"<AverageHeartRateBpm><Value>{bpm}</Value></AverageHeartRateBpm>" if bpm else ""
    return LAP.format(minute=minute, seconds=seconds, average=average, points=points)


def activity(*laps: str, sport: str = "Running", creator: str = "Forerunner") -> str:
    named = f"<Creator><Name>{creator}</Name></Creator>" if creator else ""
    begun = "2026-03-02T06:00:00Z"
    return f'<Activity Sport="{sport}"><Id>{begun}</Id>{"".join(laps)}{named}</Activity>'


def point(latitude: float, time: str = "", bpm: int | None = None) -> str:
    told = f"<time>{time}</time>" if time else ""
    if bpm:
        hr = f"<g:TrackPointExtension><g:hr>{bpm}</g:hr></g:TrackPointExtension>"
        told += f"<extensions>{hr}</extensions>"
    return f'<trkpt lat="{latitude}" lon="16.0">{told}</trkpt>'


def track(*segments: str, name: str = "Morning", sport: str = "running") -> str:
    inside = "".join(f"<trkseg>{segment}</trkseg>" for segment in segments)
    return f"<trk><name>{name}</name><type>{sport}</type>{inside}</trk>"
